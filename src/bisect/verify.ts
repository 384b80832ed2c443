import { RewindError } from '../errors.ts';
import type { SessionReader } from '../sessions/session.ts';
import { type Examined, examineSessions } from './bisect.ts';
import { brief } from './brief.ts';
import { CAUSES } from './catalogue.ts';
import { agentsDecide } from './code-swap.ts';
import { control, type Wobble } from './control.ts';
import { toolsWithEffects } from './effects.ts';
import type { Hands } from './hands.ts';
import type { NamedCause, Report } from './report.ts';
import type { Runs } from './runs.ts';
import { type Candidate, exchanged, isInAnswer, type Outcome, type Tried } from './trials.ts';

/**
 * Runs both agents again, from tape alone: first each on its own (where that does not come out the same, nothing more can
 * be said), then the bad one with the good value and the good one with the bad value. A cause is VERIFIED where the first
 * heals and the second breaks. Throws RewindError where a run cannot be started, or its tools look as if they did harm.
 */
export async function verify(good: SessionReader, bad: SessionReader, hands: Hands): Promise<Report> {
  return verifyExamined(examineSessions(good, bad, hands.rules), hands);
}

export async function verifyExamined({ runs, report, places }: Examined, hands: Hands): Promise<Report> {
  refuse(runs, hands);
  if (!report.divergence) return report;
  for (const side of ['good', 'bad'] as const) {
    hands.onTrial?.(`the ${side} run on its own tape`);
    const wobble = await control(runs[side].session, side, hands);
    if (wobble) return inconclusive(report, wobble);
  }
  if (report.divergence.behaviour === null) {
    const note = 'Not tried: both runs act the same, so there is nothing to heal.';
    return { ...report, notes: [...report.notes, CONTROLLED, note] };
  }
  const candidates = report.causes.map((cause, i): Candidate => ({ cause, place: places[i]! }));
  const causes: NamedCause[] = [];
  for (const candidate of candidates) {
    hands.onTrial?.(candidate.cause.id);
    causes.push(await tried(candidate, runs, hands));
  }
  const notes = [...report.notes, CONTROLLED];
  const together = await triedTogether(candidates, causes, runs, hands);
  if (together) notes.push(together.note);
  const all = together?.causes ?? causes;
  const verified = all.filter(({ status }) => status === 'VERIFIED');
  return { ...report, causes: [...verified, ...all.filter(cause => !verified.includes(cause))], notes };
}

const CONTROLLED = 'Control: each run on its own tape came out the same.';

function refuse({ good, bad }: Runs, { allowEffects }: Hands): void {
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

/** Causes in the agent itself: no value on the wire stands for them. */
const RUN_LENGTH: ReadonlySet<string> = new Set(['budget_change', 'control_flow_change']);

/** The cause with what came of trying it both ways. */
async function tried({ cause, place }: Candidate, runs: Runs, hands: Hands): Promise<NamedCause> {
  if (RUN_LENGTH.has(cause.id)) {
    return (await agentsDecide(runs, hands))
      ? {
          ...withFact(
            cause,
            'Tried: on the answers of the other run, each agent still makes the calls that it made itself.',
          ),
          status: 'VERIFIED',
        }
      : withFact(
          cause,
          'Tried: on the answers of the other run, an agent does not make the calls that it made itself.',
        );
  }
  const result = await exchanged([{ cause, place }], runs, hands);
  if (!result) {
    const why =
      place.good && place.bad ? 'this cannot be changed at the wire alone' : 'only one run made this call';
    return withFact(cause, `Not tried: ${why}.`);
  }
  const told = `Tried: ${toldOf(result)}`;
  const seen = withFact(
    cause,
    isInAnswer(cause.id) ? told : `${told} ${HOW[result.byTool ? 'tool' : 'wire']}`,
  );
  return isProof(result) ? { ...seen, status: 'VERIFIED' } : seen;
}

/** Causes that share the blame, and that none of them alone heals: all of them at once. */
async function triedTogether(
  candidates: readonly Candidate[],
  causes: readonly NamedCause[],
  runs: Runs,
  hands: Hands,
): Promise<{ readonly causes: readonly NamedCause[]; readonly note: string } | null> {
  const joint = candidates.filter((_, i) => causes[i]!.status === 'JOINT' && !RUN_LENGTH.has(causes[i]!.id));
  if (joint.length < 2 || causes.some(({ status }) => status === 'VERIFIED')) return null;
  hands.onTrial?.('all of them together');
  const result = await exchanged(joint, runs, hands);
  if (!result) return null;
  const names = joint.map(({ cause }) => cause.id);
  const note = `Together (${names.join(', ')}): ${toldOf(result)}`;
  if (!isProof(result)) return { causes, note };
  return {
    note: `${note} None of them does it alone.`,
    causes: causes.map(cause =>
      names.includes(cause.id) ? { ...cause, together: names.filter(name => name !== cause.id) } : cause,
    ),
  };
}

const HOW = {
  tool: 'The tool itself gave it: the agent remembers it too.',
  wire: 'What the model was asked was changed, not what the agent remembers.',
} as const;

const isProof = ({ heals, breaks }: Tried): boolean => heals === 'follows' && breaks === 'follows';

function toldOf({ heals, breaks }: Tried): string {
  return `the bad run with the good value ${WORDS[heals]('good')}; the good run with the bad value ${WORDS[breaks]('bad')}.`;
}

const WORDS: Readonly<Record<Outcome, (run: string) => string>> = {
  follows: run => `follows the ${run} one to its end`,
  'off the tape': () => 'asks what neither run has recorded',
  'does not follow': run => `does not follow the ${run} one`,
};

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
