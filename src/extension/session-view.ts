import type {
  CallOutline,
  LaneView,
  OutputMark,
  SessionView,
  StepOutline,
  ToolOutline,
  Totals,
} from '../../webview/session/messages.ts';
import { plainLine, shortLine } from '../dap/hostile-text.ts';
import type { OutputPiece, SessionReader } from '../sessions/session.ts';
import { spoken } from '../timeline/step-diff.ts';
import type { CallStep, Lane, Step, Timeline, ToolStep } from '../timeline/timeline.ts';
import { TROUBLES, troubleOf } from '../timeline/troubles.ts';
import { sessionTitle, shortModel } from './session-words.ts';

const SUMMARY = 160;
/** More pieces of output than this are joined with their neighbours. */
const MARKS = 4000;

/** A timeline as the session page draws it: everything but the steps' contents. `title`: what the list of sessions calls it. */
export function sessionView(
  timeline: Timeline,
  title: string = sessionTitle(timeline.session.start),
): SessionView {
  const { session, steps } = timeline;
  const { start, exit, output } = session;
  const durationMs = Math.max(exit?.at ?? 0, output.at(-1)?.at ?? 0, ...ends(steps));
  const outlines = steps.map(outlineOf);
  return {
    id: start.id,
    title,
    command: shortLine(start.command.join(' '), 400),
    mode: start.mode,
    startedAt: start.startedAt,
    durationMs,
    live: !session.sealed && exit === undefined,
    exit: exit ? (exit.signal ?? `exit ${exit.code}`) : null,
    failed: exit !== undefined && exit.code !== 0,
    totals: totalsOf(steps, outlines),
    lanes: lanesOf(timeline),
    steps: outlines,
    output: outputMarks(session, durationMs),
    warnings: session.warnings.map(plainLine),
  };
}

/** A spread of all steps at once would overflow the stack. */
function ends(steps: readonly Step[]): readonly number[] {
  let last = 0;
  for (const step of steps) last = Math.max(last, step.at + (timeOf(step) ?? 0));
  return [last];
}

const timeOf = (step: Step): number | null => (step.kind === 'call' ? step.latencyMs : step.durationMs);

function outlineOf(step: Step): StepOutline {
  return step.kind === 'call' ? callOutline(step) : toolOutline(step);
}

function callOutline(step: CallStep): CallOutline {
  const { index, lane, at, latencyMs, ttftMs, model, usage, costUsd, context, attempts, label } = step;
  // `ttftMs` of a step counts from its last attempt; here every time of a step counts from its beginning.
  const retryMs = attempts.at(-1)!.at - at;
  return {
    kind: 'call',
    index,
    lane,
    at,
    ms: latencyMs,
    name: shortModel(model ?? 'unknown model'),
    summary: shortLine(step.error?.message ?? spoken(step.output.parts), SUMMARY),
    troubles: troubleNames(step),
    failed: step.error !== null || latencyMs === null,
    ttftMs: ttftMs === null ? null : ttftMs + retryMs,
    tokens: usage && {
      input: usage.input,
      output: usage.output,
      cached: usage.cachedInput,
      reasoning: usage.reasoning,
    },
    costUsd,
    context: { messages: context.messages, added: context.added, history: context.history },
    retries: attempts.length - 1,
    retryMs,
    label: label ?? null,
  };
}

function toolOutline(step: ToolStep): ToolOutline {
  const { index, lane, at, durationMs, name, call, result, run, from } = step;
  const said = run?.error ?? (result ? spoken(result.content) : 'no result');
  return {
    kind: 'tool',
    index,
    lane,
    at,
    ms: durationMs,
    name: plainLine(name),
    summary: `${shortLine(call.argumentsText, 80)} → ${shortLine(said, 80)}`,
    troubles: troubleNames(step),
    failed: run?.error !== undefined || result?.isError === true,
    from,
  };
}

/** Whether arguments fit their schema is told with the step's detail: it takes the whole request. */
function troubleNames(step: Step): readonly string[] {
  return TROUBLES.filter(kind => kind !== 'invalid-arguments').flatMap(kind => {
    const trouble = troubleOf(step, kind);
    return trouble ? [plainLine(trouble.name)] : [];
  });
}

function totalsOf(steps: readonly Step[], outlines: readonly StepOutline[]): Totals {
  const calls = steps.filter(step => step.kind === 'call');
  const costs = calls.map(({ costUsd }) => costUsd);
  const known = costs.filter(cost => cost !== null);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return {
    calls: calls.length,
    tools: steps.length - calls.length,
    errors: outlines.filter(({ troubles }) => troubles.length > 0).length,
    inputTokens: sum(calls.map(({ usage }) => usage?.input ?? 0)),
    outputTokens: sum(calls.map(({ usage }) => usage?.output ?? 0)),
    costUsd: known.length > 0 ? sum(known) : null,
    costIncomplete: known.length < costs.length,
    models: [...new Set(calls.map(({ model }) => plainLine(model ?? 'unknown model')))],
  };
}

function lanesOf({ lanes, steps }: Timeline): readonly LaneView[] {
  const views: LaneView[] = [];
  const parentOf = ({ parent }: Lane): number | null => (parent === null ? null : steps[parent]!.lane);
  for (const lane of lanes) {
    const parent = parentOf(lane);
    // A lane begins after the one that led to it.
    const depth = parent === null ? 0 : (views[parent]?.depth ?? -1) + 1;
    views.push({
      id: lane.id,
      title: shortLine(lane.title, 80) || 'untitled',
      parent,
      parentStep: lane.parent,
      depth,
    });
  }
  return views;
}

function outputMarks({ output }: SessionReader, durationMs: number): readonly OutputMark[] {
  const slot = output.length > MARKS ? durationMs / MARKS : 0;
  const marks: { at: number; stream: OutputMark['stream']; bytes: number; text: string }[] = [];
  for (const { at, stream, bytes } of output) {
    const last = marks.at(-1);
    if (last && last.stream === stream && at - last.at < slot) last.bytes += bytes.length;
    else marks.push({ at, stream, bytes: bytes.length, text: shortLine(decoded(bytes), 120) });
  }
  return marks;
}

const decoded = (bytes: OutputPiece['bytes']): string => Buffer.from(bytes.subarray(0, 600)).toString('utf8');
