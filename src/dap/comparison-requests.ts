import type { DebugProtocol } from '@vscode/debugprotocol';
import { RewindError } from '../errors.ts';
import type { AlignedRow } from '../timeline/align.ts';
import { rowDifferences } from '../timeline/row-difference.ts';
import type { Step } from '../timeline/timeline.ts';
import type { Client } from './client.ts';
import { type ComparedRun, stepIn } from './compared-run.ts';
import type { Comparison } from './comparison.ts';
import { COMPARISON_COMMANDS, runCommand } from './comparison-commands.ts';
import { watchable, watchableExpression } from './data-breakpoints.ts';
import { stackTrace } from './frames.ts';
import { plainLine } from './hostile-text.ts';
import { completions, evaluated } from './repl.ts';
import { exceptionInfo, type REQUESTS, readMemory } from './requests.ts';
import { rowDiff, rowWords } from './row-text.ts';
import { type ScopeContent, scopesOf } from './scopes.ts';
import { stepLine } from './wording.ts';

/** What a request is answered from where two sessions are compared. */
export interface AskedOfTwo {
  readonly comparison: Comparison;
  readonly client: Client;
}

type Handler<A = never> = (asked: AskedOfTwo, args: A) => object | undefined;

function moving(move: (comparison: Comparison) => void): (asked: AskedOfTwo) => undefined {
  return ({ comparison }) => {
    move(comparison);
    return undefined;
  };
}

const readOnly = (): never => {
  throw new RewindError(
    'not-editable',
    'Recordings that are compared cannot be edited',
    'Launch one of them without "compare".',
  );
};

/** The requests of `REQUESTS`, for two recordings in lock-step. */
export const COMPARISON_REQUESTS = {
  threads: ({ comparison: { runs } }) => ({
    threads: runs.map(run => ({ id: run.thread, name: plainLine(run.title) })),
  }),
  stackTrace: ({ comparison }, args: DebugProtocol.StackTraceArguments) => stackOf(comparison, args),
  scopes: ({ comparison }, { frameId }: DebugProtocol.ScopesArguments) => {
    const { run, step } = comparison.frame(frameId);
    return {
      scopes: [...scopesOf(run.evaluator, step, `${run.letter}.`), comparedScope(comparison, run, step)].map(
        ({ name, base, hint, expensive, read }) => ({
          name,
          expensive,
          ...(hint === undefined ? {} : { presentationHint: hint }),
          variablesReference: comparison.values.container(read, base, null),
        }),
      ),
    };
  },
  variables: ({ comparison: { values } }, args: DebugProtocol.VariablesArguments) => ({
    variables: values.children(args.variablesReference, args),
  }),
  setVariable: readOnly,
  setExpression: readOnly,
  restartFrame: readOnly,

  next: moving(comparison => comparison.step(1)),
  stepIn: moving(comparison => comparison.step(1)),
  stepOut: moving(comparison => comparison.step(1, row => isCall(comparison, row))),
  stepBack: moving(comparison => comparison.step(-1)),
  'rewind/stepBackIn': moving(comparison => comparison.step(-1)),
  'rewind/stepBackOut': moving(comparison => comparison.step(-1, row => isCall(comparison, row))),
  reverseContinue: moving(comparison => comparison.runBack()),
  pause: moving(comparison =>
    comparison.tasks.isBusy ? comparison.tasks.interrupt('pause') : comparison.sayPaused(),
  ),
  goto: ({ comparison }, { targetId }: DebugProtocol.GotoArguments) => {
    comparison.goTo(targetId);
    return undefined;
  },
  gotoTargets: ({ comparison, client }, { source, line }: DebugProtocol.GotoTargetsArguments) => {
    const targets = comparison.runs.flatMap(run => {
      const reference = source.sourceReference;
      if (reference && comparison.runOfDocument(reference) !== run) return [];
      const steps = reference
        ? [run.sources.stepOf(run.timeline, reference).index]
        : run.sites.steps(source.path ?? '', client.lineIn(line));
      return steps.map(index => ({
        id: run.rows[index]!,
        label: `${run.letter} ${stepLine(run.timeline.steps[index]!)}`,
        line,
      }));
    });
    const known = new Set<number>();
    return { targets: targets.filter(({ id }) => !known.has(id) && known.add(id)) };
  },
  stepInTargets: () => ({ targets: [] }),

  setBreakpoints: ({ comparison }, args: DebugProtocol.SetBreakpointsArguments) =>
    inBoth(comparison, ({ breakpoints, sites }) => breakpoints.setLines(args, sites, comparison.lines)),
  setFunctionBreakpoints: ({ comparison }, args: DebugProtocol.SetFunctionBreakpointsArguments) =>
    inBoth(comparison, ({ breakpoints, timeline }) => breakpoints.setNames(args.breakpoints, timeline.steps)),
  setExceptionBreakpoints: (
    { comparison },
    { filters = [], filterOptions = [] }: DebugProtocol.SetExceptionBreakpointsArguments,
  ) => inBoth(comparison, ({ breakpoints }) => breakpoints.setTroubles(filters, filterOptions)),
  setDataBreakpoints: ({ comparison }, args: DebugProtocol.SetDataBreakpointsArguments) =>
    inBoth(comparison, ({ breakpoints }) => breakpoints.setData(args.breakpoints)),
  dataBreakpointInfo: (
    { comparison },
    { variablesReference, name, frameId }: DebugProtocol.DataBreakpointInfoArguments,
  ) => {
    const { step } = comparison.frame(frameId);
    const found = variablesReference
      ? watchable(step, comparison.values.expressionOf(variablesReference), name)
      : watchableExpression(step, name);
    if (!found) return { dataId: null, description: `${plainLine(name)} cannot be watched` };
    return { ...found, accessTypes: ['write'], canPersist: true };
  },
  breakpointLocations: (
    { comparison, client },
    { source, line, endLine = line }: DebugProtocol.BreakpointLocationsArguments,
  ) => {
    if (source.sourceReference) return { breakpoints: [{ line: client.lineOut(1) }] };
    const [from, to] = [client.lineIn(line), client.lineIn(endLine)];
    const lines = new Set(comparison.runs.flatMap(({ sites }) => sites.lines(source.path ?? '')));
    const inside = [...lines].filter(one => one >= from && one <= to).sort((a, b) => a - b);
    return { breakpoints: inside.map(one => ({ line: client.lineOut(one) })) };
  },

  evaluate: ({ comparison }, { expression, frameId, context }: DebugProtocol.EvaluateArguments) => {
    const line = expression.trim();
    if (context === 'repl' || context === undefined) {
      const result = line === '' ? '' : runCommand(comparison, line);
      if (result !== null) return { result, variablesReference: 0 };
    }
    const { run, step } = comparison.frame(frameId);
    return evaluated({ evaluator: run.evaluator, values: comparison.values }, step, line, context);
  },
  completions: ({ comparison, client }, args: DebugProtocol.CompletionsArguments) => {
    const { run, step } = comparison.frame(args.frameId);
    const place = { evaluator: run.evaluator, step, commands: COMPARISON_COMMANDS };
    return { targets: completions(place, args, client.columnOut(1)) };
  },
  exceptionInfo: ({ comparison }) => {
    const { alignment, current, trouble } = comparison;
    const { run, step } = comparison.frame(undefined);
    if (trouble || current.kind === 'same' || current.kind === 'echo')
      return exceptionInfo(run, step, trouble);
    return {
      exceptionId: 'divergence',
      description: rowWords(alignment, current),
      breakMode: 'always',
      details: { typeName: 'divergence', message: rowDiff(alignment, current) },
    };
  },
  loadedSources: ({ comparison: { runs } }) => ({
    sources: runs.flatMap(({ timeline, sources }) =>
      timeline.steps.map(step => sources.listedDocument(timeline, step)),
    ),
  }),
  source: ({ comparison }, { source, sourceReference }: DebugProtocol.SourceArguments) => {
    const reference = source?.sourceReference || sourceReference;
    if (!reference)
      throw new RewindError('no-such-source', 'This source is a file, and not on this machine', '');
    const { sources, timeline } = comparison.runOfDocument(reference);
    return { content: sources.content(timeline, reference), mimeType: 'text/markdown' };
  },
  readMemory: ({ comparison }, args: DebugProtocol.ReadMemoryArguments) => {
    const [, letter, memoryReference = args.memoryReference] =
      /^([ab])\.(.*)$/s.exec(args.memoryReference) ?? [];
    const run = comparison.runs[letter === 'b' ? 1 : 0];
    return readMemory(run.timeline.session, { ...args, memoryReference });
  },
} satisfies Readonly<Record<keyof typeof REQUESTS, Handler<never>>>;

/** A run's stack where it stands; a label on top says that it has no step in this row. */
function stackOf(
  comparison: Comparison,
  { threadId, startFrame = 0, levels = 0 }: DebugProtocol.StackTraceArguments,
): DebugProtocol.StackTraceResponse['body'] {
  const run = comparison.runOf(threadId);
  const row = Math.max(0, comparison.row);
  const step = run.at(row);
  if (stepIn(comparison.current, run.letter) !== null && step)
    return stackTrace({ ...run, position: step.index }, step.lane, { startFrame, levels });
  const label: DebugProtocol.StackFrame = {
    // No scopes are asked of a label.
    id: 0,
    name: `no step here: ${rowWords(comparison.alignment, comparison.current)}`,
    line: 0,
    column: 0,
    presentationHint: 'label',
  };
  if (!step) return { stackFrames: startFrame === 0 ? [label] : [], totalFrames: 1 };
  const below = levels > 0 ? { levels: startFrame === 0 ? levels - 1 : levels } : {};
  const { stackFrames, totalFrames = 0 } =
    startFrame === 0 && levels === 1
      ? {
          stackFrames: [],
          totalFrames: stackTrace({ ...run, position: step.index }, step.lane, { levels }).totalFrames,
        }
      : stackTrace({ ...run, position: step.index }, step.lane, {
          startFrame: Math.max(0, startFrame - 1),
          ...below,
        });
  return {
    stackFrames: startFrame === 0 ? [label, ...stackFrames] : stackFrames,
    totalFrames: totalFrames + 1,
  };
}

/** What is otherwise in the other run's step of the same row. */
function comparedScope({ alignment }: Comparison, run: ComparedRun, step: Step): ScopeContent {
  const number = run.rows[step.index]!;
  const row = alignment.rows[number]!;
  return {
    name: 'Compared',
    base: null,
    hint: 'locals',
    expensive: false,
    read: () => ({
      row: `row ${number} of ${alignment.rows.length - 1}`,
      verdict: rowWords(alignment, row),
      ...rowDifferences(alignment, row),
    }),
  };
}

function isCall({ alignment: { a, b } }: Comparison, row: AlignedRow): boolean {
  const step = row.kind === 'added' ? b.steps[row.b] : a.steps[row.a];
  return step?.kind === 'call';
}

/** A breakpoint is one of both runs: it is verified where one of them knows its place. */
function inBoth(
  { runs: [a, b] }: Comparison,
  set: (run: ComparedRun) => readonly DebugProtocol.Breakpoint[],
): { readonly breakpoints: readonly DebugProtocol.Breakpoint[] } {
  const inB = set(b);
  return { breakpoints: set(a).map((one, i) => (one.verified ? one : inB[i]!)) };
}
