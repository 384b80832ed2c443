import type { ToolRun } from '../sessions/session.ts';
import type { ToolReplay } from '../tape/tool.ts';
import { outcomeOf, toolKey } from '../tape/tool-tape.ts';
import type { CallStep, Timeline, ToolStep } from '../timeline/timeline.ts';
import { resultText } from './result-changes.ts';
import type { GraftedTool } from './splice.ts';

/** One run's side of a tool result that differs: the call that carries it, and its text there. */
export interface CarriedResult {
  readonly timeline: Timeline;
  readonly step: CallStep;
  readonly text: string | null;
}

/**
 * The donor's result for the tool itself, where helpers told of this tool in both runs: so that the agent remembers it, and
 * not only the model is told. Null where it cannot be given so.
 */
export function toolGraft(own: CarriedResult, donor: CarriedResult): GraftedTool | null {
  for (const mine of reported(own)) {
    const key = toolKey(mine.name, mine.arguments);
    const theirs = reported(donor).find(run => toolKey(run.name, run.arguments) === key);
    const outcome = theirs && outcomeOf(theirs);
    if (!outcome) continue;
    const { tools } = own.timeline.session;
    const before = tools.filter(run => run.at < mine.at && toolKey(run.name, run.arguments) === key);
    return { key, nth: before.length, outcome };
  }
  return null;
}

/** Runs inside the agent whose result the call carries as this text; those that it is the first to carry come first. */
function reported({ timeline: { steps, session }, step, text }: CarriedResult): readonly ToolRun[] {
  const found = steps.filter(
    (one): one is ToolStep & { readonly run: ToolRun } =>
      one.kind === 'tool' &&
      one.run !== undefined &&
      session.tools.includes(one.run) &&
      one.result !== null &&
      one.at <= step.at &&
      resultText(one.result) === text,
  );
  return found
    .toSorted((a, b) => Number(b.to === step.index) - Number(a.to === step.index))
    .map(({ run }) => run);
}

/**
 * What becomes of a run's tools while it is proved upon: those that helpers told of come from tape, whatever their authors
 * want, so that nothing happens again and what a tool reads may have changed. Where one of their results cannot be given
 * again, each does as its author wants.
 */
export function toolsWhileProving({ tools }: { readonly tools: readonly ToolRun[] }): ToolReplay | undefined {
  return tools.length > 0 && tools.every(run => outcomeOf(run) !== undefined) ? 'tape' : undefined;
}
