import type { SessionReader } from '../sessions/session.ts';
import type { Responder } from '../tape/responder.ts';
import type { RunResult } from '../tape/runner.ts';
import { Tape } from '../tape/tape.ts';
import { timelineOf } from '../timeline/timeline.ts';
import type { Hands } from './hands.ts';
import { toolsWhileProving } from './tool-grafts.ts';

export interface Wobble {
  readonly text: string;
  /** Two runs on one tape differed from each other, not only from the recording. */
  readonly chance: boolean;
}

/** The A/A control: runs a session's command on its own tape; null where it came out the same. */
export async function control(
  session: SessionReader,
  side: 'good' | 'bad',
  hands: Hands,
): Promise<Wobble | null> {
  const [first, field] = await onOwnTape(session, hands);
  if (field === null) return null;
  const [second] = await onOwnTape(session, hands);
  const chance = requestsOf(first.session).join() !== requestsOf(second.session).join();
  const why = chance
    ? 'and asks otherwise each time: the agent is not deterministic'
    : 'and asks the same each time: its code or its surroundings are not those of the recording';
  return {
    text: `Control failed: the ${side} run does not come out the same on its own tape (${field}), ${why}.`,
    chance,
  };
}

async function onOwnTape(session: SessionReader, hands: Hands): Promise<readonly [RunResult, string | null]> {
  const tape = tapeOf(session, hands);
  const result = await runOn(session, hands.overhear?.(tape) ?? tape, hands);
  const { misses, neverAsked, tools } = tape.report();
  const [miss] = misses;
  const [tool] = tools.misses;
  if (result.timedOut) return [result, 'it was stopped after its time was up'];
  if (miss) return [result, miss.miss.differences[0]?.path ?? miss.miss.reason];
  if (tool) return [result, `the tool ${tool.miss.name}`];
  if (neverAsked.length > 0) return [result, `${neverAsked.length} recorded requests were never made`];
  const code = session.exit?.code;
  if (code !== undefined && code !== result.exitCode)
    return [result, `exit code ${result.exitCode} instead of ${code}`];
  return [result, null];
}

export function tapeOf(session: SessionReader, { rules, redact, redactTool }: Hands): Tape {
  const tools = toolsWhileProving(session);
  return new Tape(session, {
    missStatus: 422,
    ...(rules ? { rules } : {}),
    ...(redact ? { redact } : {}),
    ...(redactTool ? { redactTool } : {}),
    ...(tools ? { tools } : {}),
  });
}

/** Runs a session's command in a copy of its folder. */
export async function runOn(
  session: SessionReader,
  responder: Responder,
  { runner, workspace, timeoutMs = 120_000 }: Hands,
): Promise<RunResult> {
  const folder = await workspace(session);
  try {
    return await runner.run({
      command: folder.command,
      cwd: folder.path,
      responder,
      stdio: 'capture',
      timeoutMs,
      parent: { session: session.start.id },
    });
  } finally {
    await folder.dispose();
  }
}

/** Match keys of a run's calls, in order. */
export function requestsOf(session: SessionReader): readonly string[] {
  return timelineOf(session).steps.flatMap(step => (step.kind === 'call' ? [step.key] : []));
}
