import type { DebugProtocol } from '@vscode/debugprotocol';
import { RewindError } from '../errors.ts';
import type { SessionReader } from '../sessions/session.ts';
import { lanesAt } from '../timeline/cursor.ts';
import { parseExpression } from '../timeline/expression.ts';
import type { Step } from '../timeline/timeline.ts';
import { type Trouble, troublesOf } from '../timeline/troubles.ts';
import { answerBody } from '../wire/exchange.ts';
import type { Client } from './client.ts';
import { CONSOLE_COMMANDS } from './commands.ts';
import { watchable, watchableExpression } from './data-breakpoints.ts';
import { stackTrace } from './frames.ts';
import { plainLine, plainText } from './hostile-text.ts';
import * as moves from './moves.ts';
import { completions, evaluate } from './repl.ts';
import { scopesOf } from './scopes.ts';
import type { Walk } from './walk.ts';
import { editLine, laneName, stepLine } from './wording.ts';

/** What a request is answered from. */
export interface Asked {
  readonly walk: Walk;
  readonly client: Client;
  readonly requestId: number;
}

type Handler<A = never> = (asked: Asked, args: A) => object | undefined | Promise<object | undefined>;

/** A request that has no answer but what comes of it. */
function moving<A>(move: (walk: Walk, args: A) => void): (asked: Asked, args: A) => undefined {
  return ({ walk }, args) => {
    move(walk, args);
    return undefined;
  };
}

/** Every request that needs a recording, by its DAP name. Moves answer first and end in a `stopped` event. */
export const REQUESTS = {
  threads: ({ walk }) => {
    const threads = lanesAt(walk.timeline, Math.max(0, walk.position)).map(lane => ({
      id: lane.id + 1,
      name: laneName(lane),
    }));
    // Clients need one to ask for a pause.
    return { threads: threads.length > 0 ? threads : [{ id: 1, name: 'no call yet' }] };
  },
  stackTrace: ({ walk }, args: DebugProtocol.StackTraceArguments) =>
    stackTrace(walk, walk.laneOf(args.threadId), args),
  scopes: ({ walk }, { frameId }: DebugProtocol.ScopesArguments) => {
    const step = walk.forks.edits.shown(walk.stepOf(frameId));
    return {
      scopes: scopesOf(walk.evaluator, step).map(({ name, base, hint, expensive, read }) => ({
        name,
        expensive,
        presentationHint: hint,
        variablesReference: walk.values.container(read, base, step.index),
      })),
    };
  },
  variables: ({ walk }, args: DebugProtocol.VariablesArguments) => ({
    variables: walk.values.children(args.variablesReference, args),
  }),
  setVariable: (
    { walk, client },
    { variablesReference, name, value }: DebugProtocol.SetVariableArguments,
  ) => {
    const place = walk.values.placeOf(variablesReference, name);
    if (!place)
      throw new RewindError('not-editable', `${plainLine(name)} is calculated: it cannot be edited`);
    return edited(walk, client, walk.timeline.steps[place.step]!, place.expression, value);
  },
  setExpression: ({ walk, client }, { expression, value, frameId }: DebugProtocol.SetExpressionArguments) =>
    edited(walk, client, walk.stepOf(frameId), expression.trim(), value),
  restartFrame: moving((walk, { frameId }: DebugProtocol.RestartFrameArguments) =>
    walk.forkFrom(walk.stepOf(frameId)),
  ),

  next: moving((walk, { threadId }: DebugProtocol.NextArguments) =>
    moves.stepOver(walk, walk.laneOf(threadId)),
  ),
  stepIn: moving((walk, { threadId, targetId }: DebugProtocol.StepInArguments) =>
    moves.stepInto(walk, walk.laneOf(threadId), targetId),
  ),
  stepOut: moving((walk, { threadId }: DebugProtocol.StepOutArguments) =>
    moves.stepOutOf(walk, walk.laneOf(threadId)),
  ),
  stepBack: moving((walk, { threadId }: DebugProtocol.StepBackArguments) =>
    moves.stepBack(walk, walk.laneOf(threadId)),
  ),
  /** Not of the protocol: an editor may put them on its toolbar. */
  'rewind/stepBackIn': moving(walk => moves.stepBackInto(walk)),
  'rewind/stepBackOut': moving((walk, { threadId }: { readonly threadId?: number }) =>
    moves.stepBackOutOf(walk, threadId === undefined ? null : walk.laneOf(threadId)),
  ),
  reverseContinue: moving(walk => moves.runBack(walk)),
  pause: moving(walk => (walk.tasks.isBusy ? walk.tasks.interrupt('pause') : walk.sayPaused())),
  goto: moving((walk, { targetId }: DebugProtocol.GotoArguments) =>
    moves.goTo(walk, walk.recording.knownSites ? moves.checkedStep(walk.timeline, targetId) : targetId),
  ),
  gotoTargets: async ({ walk, client, requestId }, { source, line }: DebugProtocol.GotoTargetsArguments) => {
    const timeline = await walk.recording.whole(requestId);
    const { sourceReference } = source;
    const steps = sourceReference
      ? [walk.sources.stepOf(timeline, sourceReference).index]
      : walk.sites.steps(source.path ?? '', client.lineIn(line));
    return { targets: steps.map(id => ({ id, label: stepLine(timeline.steps[id]!), line })) };
  },
  stepInTargets: async ({ walk, requestId }, { frameId }: DebugProtocol.StepInTargetsArguments) => {
    const index = walk.frames.step(frameId);
    return { targets: moves.entries(await walk.recording.whole(requestId), index) };
  },

  setBreakpoints: ({ walk }, args: DebugProtocol.SetBreakpointsArguments) => ({
    breakpoints: walk.breakpoints.setLines(args, walk.recording.knownSites, walk.expectedSites),
  }),
  setFunctionBreakpoints: ({ walk }, { breakpoints }: DebugProtocol.SetFunctionBreakpointsArguments) => ({
    breakpoints: walk.breakpoints.setNames(
      breakpoints,
      walk.recording.isLive || !walk.recording.isWhole ? null : walk.timeline.steps,
    ),
  }),
  setExceptionBreakpoints: (
    { walk },
    { filters = [], filterOptions = [] }: DebugProtocol.SetExceptionBreakpointsArguments,
  ) => ({ breakpoints: walk.breakpoints.setTroubles(filters, filterOptions) }),
  setDataBreakpoints: ({ walk }, { breakpoints }: DebugProtocol.SetDataBreakpointsArguments) => ({
    breakpoints: walk.breakpoints.setData(breakpoints),
  }),
  dataBreakpointInfo: (
    { walk },
    { variablesReference, name, frameId }: DebugProtocol.DataBreakpointInfoArguments,
  ) => {
    const step = walk.stepOf(frameId);
    const found = variablesReference
      ? watchable(step, walk.values.expressionOf(variablesReference), name)
      : watchableExpression(step, name);
    if (!found) return { dataId: null, description: `${plainLine(name)} cannot be watched` };
    return { ...found, accessTypes: ['write'], canPersist: true };
  },
  breakpointLocations: async (
    { walk, client, requestId },
    { source, line, endLine = line }: DebugProtocol.BreakpointLocationsArguments,
  ) => {
    await walk.recording.whole(requestId);
    if (source.sourceReference) return { breakpoints: [{ line: client.lineOut(1) }] };
    const [from, to] = [client.lineIn(line), client.lineIn(endLine)];
    const lines = walk.sites.lines(source.path ?? '').filter(one => one >= from && one <= to);
    return { breakpoints: lines.map(one => ({ line: client.lineOut(one) })) };
  },

  evaluate: ({ walk, requestId }, args: DebugProtocol.EvaluateArguments) => evaluate(walk, args, requestId),
  completions: ({ walk, client }, args: DebugProtocol.CompletionsArguments) => ({
    targets: completions(
      { evaluator: walk.evaluator, step: walk.stepOf(args.frameId), commands: CONSOLE_COMMANDS },
      args,
      client.columnOut(1),
    ),
  }),
  exceptionInfo: ({ walk }) => exceptionInfo(walk, walk.step, walk.trouble),
  loadedSources: async ({ walk, requestId }) => {
    const timeline = await walk.recording.whole(requestId);
    return { sources: timeline.steps.map(step => walk.sources.listedDocument(timeline, step)) };
  },
  source: async ({ walk, requestId }, { source, sourceReference }: DebugProtocol.SourceArguments) => {
    const reference = source?.sourceReference || sourceReference;
    if (!reference) {
      throw new RewindError(
        'no-such-source',
        'This source is a file, and not on this machine',
        'Open it where the recording was made, or read the step itself: it is among the loaded sources.',
      );
    }
    const timeline = await walk.recording.whole(requestId);
    return { content: walk.sources.content(timeline, reference), mimeType: 'text/markdown' };
  },
  readMemory: ({ walk }, args: DebugProtocol.ReadMemoryArguments) => readMemory(walk.timeline.session, args),
} satisfies Readonly<Record<string, Handler<never>>>;

/** Edits a value, and shows what it is then. */
function edited(
  walk: Walk,
  client: Client,
  step: Step,
  place: string,
  text: string,
): DebugProtocol.SetVariableResponse['body'] {
  const edit = walk.forks.edit(step, place, text);
  client.send('output', { category: 'console', output: `${editLine(edit, walk.forks.goesLive)}\n` });
  if (client.can.supportsInvalidatedEvent) client.send('invalidated', { areas: ['variables'] });
  const value = walk.evaluator.value(parseExpression(place), step);
  return walk.values.shown(value, place, step.index);
}

export function exceptionInfo(
  { sites }: Pick<Walk, 'sites'>,
  step: Step,
  trouble: Trouble | null,
): DebugProtocol.ExceptionInfoResponse['body'] {
  const found = trouble ?? troublesOf(step)[0];
  if (!found) {
    throw new RewindError('no-exception', `Nothing went wrong in step ${step.index}`, '');
  }
  const frames = sites.frames(step);
  const lines = frames.map(
    ({ file, line, function: name }) => `    at ${name || '(module)'} (${file}:${line})`,
  );
  const attempts =
    step.kind === 'call'
      ? step.attempts.map(({ status }, i) => `attempt ${i + 1}: ${status ?? 'no answer'}`)
      : [];
  return {
    exceptionId: plainLine(found.name),
    description: plainText(found.message),
    breakMode: 'always',
    details: {
      message: plainText(found.message),
      typeName: found.kind,
      stackTrace: plainText([stepLine(step), ...attempts, ...lines].join('\n')),
    },
  };
}

export function readMemory(
  session: SessionReader,
  { memoryReference, offset = 0, count }: DebugProtocol.ReadMemoryArguments,
): DebugProtocol.ReadMemoryResponse['body'] {
  const [, seq, side] = /^(\d+):(request|answer)$/.exec(memoryReference) ?? [];
  if (seq === undefined) {
    throw new RewindError('no-such-memory', `There are no bytes ${JSON.stringify(memoryReference)}`, '');
  }
  const bytes =
    side === 'request'
      ? (session.request?.(Number(seq)) ?? session.exchange(Number(seq)).request).body
      : answerBody(session.answer?.(Number(seq)) ?? session.exchange(Number(seq)).answer);
  const from = Math.max(0, offset);
  if (offset < 0 || from >= bytes.length) {
    // Before the first byte nothing can be read; behind the last neither.
    return { address: String(offset), unreadableBytes: offset < 0 ? Math.min(count, -offset) : count };
  }
  const to = Math.min(from + count, bytes.length);
  return {
    address: String(from),
    data: Buffer.from(bytes.subarray(from, to)).toString('base64'),
    ...(to - from < count ? { unreadableBytes: count - (to - from) } : {}),
  };
}
