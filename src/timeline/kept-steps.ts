import { hash } from 'node:crypto';
import type { Part, ToolCall } from '../providers/call.ts';
import type { PriceTable } from '../providers/prices.ts';
import type { SessionReader, ToolRun } from '../sessions/session.ts';
import { VERSION } from '../version.ts';
import type { CallReader } from './call-reader.ts';
import type { CallStep, Lane, Step, Timeline, ToolStep } from './timeline.ts';

/** Counted up whenever a session is read otherwise than before: what was kept until then is made anew. */
const READING = 9;
const NAME = 'steps';
/** Shorter sessions are read as fast as they are written. Exchanges. */
const WORTH_KEEPING = 100;

interface Kept {
  readonly steps: readonly (KeptCall | KeptTool)[];
  readonly lanes: readonly Lane[];
  readonly others: readonly number[];
  readonly otherRuns: readonly (number | ToolRun)[];
}

type KeptCall = Omit<CallStep, 'index' | 'call'>;

/** `call`: which of the tool calls in the answer; `run`: which of the session's runs, or one that an exchange is (MCP). */
type KeptTool = Omit<ToolStep, 'index' | 'call' | 'run'> & {
  readonly call: number;
  readonly run?: number | ToolRun;
};

/**
 * The steps of a long session, as they were kept beside its log when it was read whole; null where they were not. Reading
 * 5,000 calls takes seconds, this takes a tenth of one. Never the truth: what cannot be read is read from the log again.
 */
export function keptSteps(
  session: SessionReader,
  prices: PriceTable,
  reader: Pick<CallReader, 'read'>,
): Timeline | null {
  if (session.length < WORTH_KEEPING) return null;
  const bytes = session.derived?.read(NAME, makerOf(prices));
  if (!bytes) return null;
  const kept = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()) as Kept;
  const steps: Step[] = kept.steps.map((step, index) =>
    step.kind === 'call' ? callStep(step, index, reader) : (undefined as never),
  );
  kept.steps.forEach((step, index) => {
    if (step.kind === 'tool') steps[index] = toolStep(step, index, steps[step.from] as CallStep, session);
  });
  return {
    session,
    steps,
    lanes: kept.lanes,
    others: kept.others,
    otherRuns: kept.otherRuns.map(run => runOf(run, session)),
  };
}

/** Keeps the steps of a session that was read whole, where that is worth it and the session can keep anything. */
export function keepSteps({ session, steps, lanes, others, otherRuns }: Timeline, prices: PriceTable): void {
  if (session.length < WORTH_KEEPING || !session.derived) return;
  const runs = new Map(session.tools.map((run, i) => [run, i]));
  const kept: Kept = {
    steps: steps.map(step => {
      if (step.kind === 'call') return keptCall(step);
      const { index: _, call, run, ...rest } = step;
      const asked = toolCallsOf(steps[step.from] as CallStep);
      return { ...rest, call: asked.indexOf(call), ...(run ? { run: runs.get(run) ?? run } : {}) };
    }),
    lanes,
    others,
    otherRuns: otherRuns.map(run => runs.get(run) ?? run),
  };
  session.derived.write(NAME, makerOf(prices), Buffer.from(JSON.stringify(kept)));
}

function makerOf(prices: PriceTable): string {
  return `${VERSION} ${READING} ${hash('sha256', JSON.stringify(prices), 'base64url')}`;
}

/** `call` is read from the session when it is looked at, and is not looked at here. */
function keptCall(step: CallStep): KeptCall {
  const names = Object.keys(step).filter(name => name !== 'call' && name !== 'index');
  return Object.fromEntries(names.map(name => [name, step[name as keyof KeptCall]])) as unknown as KeptCall;
}

function callStep(kept: KeptCall, index: number, reader: Pick<CallReader, 'read'>): CallStep {
  const { kind, ...rest } = kept;
  const output = {
    parts: kept.output.parts.map(withArguments),
    alternatives: kept.output.alternatives.map(parts => parts.map(withArguments)),
  };
  return {
    kind,
    index,
    ...rest,
    output,
    get call() {
      return reader.read(kept.seq);
    },
  };
}

/** JSON has no `undefined`, which arguments are that are no JSON. */
function withArguments(part: Part): Part {
  if (part.type !== 'tool_call' || 'arguments' in part.call) return part;
  return { ...part, call: { ...(part.call as ToolCall), arguments: undefined } };
}

function toolStep(kept: KeptTool, index: number, from: CallStep, session: SessionReader): ToolStep {
  const { kind, call, run, ...rest } = kept;
  return {
    kind,
    index,
    ...rest,
    call: toolCallsOf(from)[call]!,
    ...(run === undefined ? {} : { run: runOf(run, session) }),
  };
}

const runOf = (run: number | ToolRun, session: SessionReader): ToolRun =>
  typeof run === 'number' ? session.tools[run]! : run;

function toolCallsOf({ output }: CallStep): readonly ToolCall[] {
  return output.parts.flatMap(part => (part.type === 'tool_call' ? [part.call] : []));
}
