import { RewindError } from '../errors.ts';
import type { SessionReader } from '../sessions/session.ts';
import type { Responder } from '../tape/responder.ts';
import type { MatchRules } from '../tape/rules.ts';
import type { Runner, RunResult } from '../tape/runner.ts';
import { Tape } from '../tape/tape.ts';
import { alignTimelines } from '../timeline/align.ts';
import { type CallStep, type Timeline, timelineOf } from '../timeline/timeline.ts';
import { bisectAligned } from './bisect.ts';
import { brief } from './brief.ts';
import { CAUSES } from './catalogue.ts';
import { toolsWithEffects } from './effects.ts';
import { rewriteFor } from './put-right.ts';
import type { NamedCause, Report } from './report.ts';
import { type Graft, Splice } from './splice.ts';

/** What verifying needs of the world. */
export interface Hands {
  readonly runner: Runner;
  /** A copy of the folder that a run was recorded in, at its commit where that is known, and its command there. */
  workspace(session: SessionReader): Promise<Workspace>;
  readonly rules?: MatchRules;
  readonly allowEffects?: boolean;
  /** Milliseconds that one run may take. */
  readonly timeoutMs?: number;
}

export interface Workspace {
  readonly path: string;
  readonly command: readonly string[];
  /** Removes the copy. */
  dispose(): Promise<void>;
}

/**
 * Runs both agents again, from tape alone: first each on its own (where that does not come out the same, nothing more can
 * be said), then the bad one with the good value and the good one with the bad value. A cause is VERIFIED where the first
 * heals and the second breaks. Throws RewindError where a run cannot be started, or its tools look as if they did harm.
 */
export async function verify(good: SessionReader, bad: SessionReader, hands: Hands): Promise<Report> {
  const timelines: Timelines = { good: timelineOf(good), bad: timelineOf(bad) };
  refuse(timelines, hands);
  const report = bisectAligned(alignTimelines(timelines.good, timelines.bad));
  if (!report.divergence) return report;
  for (const side of ['good', 'bad'] as const) {
    const wobble = await control(timelines[side].session, side, hands);
    if (wobble) return inconclusive(report, wobble);
  }
  const causes: NamedCause[] = [];
  for (const cause of report.causes) causes.push(await tried(cause, timelines, hands));
  const verified = causes.filter(({ status }) => status === 'VERIFIED');
  return {
    ...report,
    causes: [...verified, ...causes.filter(cause => !verified.includes(cause))],
    notes: [...report.notes, 'Control: each run on its own tape came out the same.'],
  };
}

type Timelines = Readonly<Record<'good' | 'bad', Timeline>>;

function refuse({ good, bad }: Timelines, { allowEffects }: Hands): void {
  for (const [name, { session }] of [
    ['good', good],
    ['bad', bad],
  ] as const) {
    if (session.start.command.length > 0) continue;
    throw new RewindError(
      'no-command',
      `The ${name} session has no command to run again (${session.start.mode})`,
      'Record the agent with `rewind record`.',
    );
  }
  const harmful = allowEffects ? [] : toolsWithEffects([good, bad]);
  if (harmful.length === 0) return;
  throw new RewindError(
    'tools-with-effects',
    `Verifying runs the agents again, and with them tools that look as if they change something: ${harmful.join(', ')}`,
    'Where running them again does no harm, add --allow-effects.',
  );
}

interface Wobble {
  readonly text: string;
  /** Two runs on one tape differed from each other, not only from the recording. */
  readonly chance: boolean;
}

/** Runs a session's command on its own tape; null where it came out the same. */
async function control(session: SessionReader, side: 'good' | 'bad', hands: Hands): Promise<Wobble | null> {
  const [first, field] = await onOwnTape(session, hands);
  if (field === null) return null;
  const [second] = await onOwnTape(session, hands);
  const chance = requestsOf(first.session) !== requestsOf(second.session);
  const why = chance
    ? 'and asks otherwise each time: the agent is not deterministic'
    : 'and asks the same each time: its code or its surroundings are not those of the recording';
  return {
    text: `Control failed: the ${side} run does not come out the same on its own tape (${field}), ${why}.`,
    chance,
  };
}

async function onOwnTape(session: SessionReader, hands: Hands): Promise<readonly [RunResult, string | null]> {
  const tape = new Tape(session, hands.rules ? { rules: hands.rules } : {});
  const result = await runOn(session, tape, hands);
  const { misses, neverAsked } = tape.report();
  const [miss] = misses;
  if (miss) return [result, miss.miss.differences[0]?.path ?? miss.miss.reason];
  if (neverAsked.length > 0) return [result, `${neverAsked.length} recorded requests were never made`];
  const code = session.exit?.code;
  if (code !== undefined && code !== result.exitCode)
    return [result, `exit code ${result.exitCode} instead of ${code}`];
  return [result, null];
}

async function runOn(
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

function requestsOf(session: SessionReader): string {
  return timelineOf(session)
    .steps.flatMap(step => (step.kind === 'call' ? [step.key] : []))
    .join();
}

/** The cause with what came of trying it both ways. */
async function tried(cause: NamedCause, timelines: Timelines, hands: Hands): Promise<NamedCause> {
  const places = { good: callAt(timelines.good, cause.step), bad: callAt(timelines.bad, cause.step) };
  if (!places.good || !places.bad) return withFact(cause, 'Not tried: only one run made this call.');
  const heal = graftFor(cause, timelines, { own: places.bad, donor: places.good }, 'bad');
  const spoil = graftFor(cause, timelines, { own: places.good, donor: places.bad }, 'good');
  if (!heal || !spoil) return withFact(cause, 'Not tried: this cannot be changed at the wire alone.');
  const heals = await follows(timelines.bad, timelines.good, places.good, heal, hands);
  const breaks = await follows(timelines.good, timelines.bad, places.bad, spoil, hands);
  const told = `Tried: the bad run with the good value ${heals ? 'follows the good one to its end' : 'does not follow the good one'}; the good run with the bad value ${breaks ? 'follows the bad one to its end' : 'does not follow the bad one'}.`;
  const seen = withFact(
    cause,
    heal.kind === 'value'
      ? `${told} What the model was asked was changed, not what the agent remembers.`
      : told,
  );
  return heals && breaks ? { ...seen, status: 'VERIFIED' } : seen;
}

function graftFor(
  cause: NamedCause,
  timelines: Timelines,
  { own, donor }: { readonly own: CallStep; readonly donor: CallStep },
  side: 'good' | 'bad',
): Graft | null {
  const inAnswer = CAUSES.find(({ id }) => id === cause.id)?.inAnswer !== undefined;
  if (inAnswer) return { kind: 'answer', own: new Set(own.attempts.map(({ seq }) => seq)), donor: donor.seq };
  const { good, bad } = cause.evidence;
  const [from, to] = side === 'bad' ? [bad, good] : [good, bad];
  const donors = timelines[side === 'bad' ? 'good' : 'bad'].session;
  const rewrite = rewriteFor(cause, from, to, donors.exchange(donor.seq).request);
  return rewrite && { kind: 'value', rewrite };
}

/** Whether a run that was given the donor's value takes the donor's way from there to the end. */
async function follows(
  own: Timeline,
  donor: Timeline,
  from: CallStep,
  graft: Graft,
  hands: Hands,
): Promise<boolean> {
  const splice = new Splice(own.session, donor.session, graft, hands.rules);
  const result = await runOn(own.session, splice, hands);
  const expected = donor.steps.flatMap(step =>
    step.kind === 'call' && step.at >= from.at ? [step.attempts] : [],
  );
  const all = expected.every(attempts => attempts.some(({ seq }) => splice.given.has(seq)));
  const code = donor.session.exit?.code;
  return (
    splice.grafted &&
    splice.misses === 0 &&
    splice.ownAfter === 0 &&
    all &&
    (code === undefined || code === result.exitCode)
  );
}

function callAt({ steps }: Timeline, ordinal: number): CallStep | null {
  return steps.filter(step => step.kind === 'call')[ordinal] ?? null;
}

const withFact = (cause: NamedCause, fact: string): NamedCause => ({
  ...cause,
  evidence: { ...cause.evidence, facts: [...cause.evidence.facts, fact] },
});

/** Nothing can be tried with a run that does not repeat itself: said, instead of pretended. */
function inconclusive(report: Report, { text, chance }: Wobble): Report {
  const notes = [...report.notes, text];
  const doubted = report.causes.map(
    (cause): NamedCause => ({ ...withFact(cause, brief(text, 300)), status: 'INCONCLUSIVE' }),
  );
  const source = CAUSES.find(({ id }) => id === 'agent_nondeterminism')!;
  if (!chance || !report.divergence) return { ...report, notes, causes: doubted };
  const agent: NamedCause = {
    id: source.id,
    family: source.family,
    status: 'INCONCLUSIVE',
    step: report.divergence.step,
    field: 'agent',
    detail: text,
    evidence: { good: null, bad: null, facts: [] },
    callSite: report.causes[0]?.callSite ?? null,
    verification: source.verification,
  };
  return { ...report, notes, causes: [agent, ...doubted] };
}
