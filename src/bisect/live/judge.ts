import type { AnswerFacts } from '../answer.ts';
import { brief } from '../brief.ts';
import { CAUSES } from '../catalogue.ts';
import type { LiveArm, LiveEvidence, NamedCause } from '../report.ts';
import { type AnswerClass, answerClasses } from './answer-classes.ts';
import type { Arm } from './arm.ts';
import { exactTest } from './exact-test.ts';
import type { SameTrial, ValueTrial } from './trials.ts';

/** Below it a difference is no chance; shared out among the causes that are tested at once (Bonferroni). */
const LEVEL = 0.05;

/** The cause, by what the model says to the good value and to the bad one. */
export function judgeValues({ good, bad }: ValueTrial, cause: NamedCause, tested: number): NamedCause {
  const classes = answerClasses([...good.answers, ...bad.answers]);
  const split = good.answers.length;
  const counts = [0, 1].map(side =>
    classes.map(({ members }) => members.filter(index => (index < split ? 0 : 1) === side).length),
  );
  const compared = good.answers.length > 0 && bad.answers.length > 0;
  const p = compared ? exactTest(counts[0]!, counts[1]!) : null;
  const noiseFloor = floorOf(counts);
  const arms = [armOf('good', good, classes, counts[0]!), armOf('bad', bad, classes, counts[1]!)];
  const live: LiveEvidence = { arms, p, noiseFloor };
  const asked = `Live: asked ${good.answers.length} times with the good value and ${bad.answers.length} times with the bad one`;
  if (p === null)
    return told(
      cause,
      'INCONCLUSIVE',
      `${asked}; ${failuresOf([good, bad])}. Nothing can be compared.`,
      live,
    );
  const test = `p = ${shown(p)}, Fisher–Freeman–Halton exact test`;
  const floor = `asked the same twice, it acts otherwise in ${Math.round(noiseFloor * 100)} % of cases`;
  return p < LEVEL / tested
    ? told(cause, 'VERIFIED', `${asked}: it acts otherwise (${test}; ${floor}).`, live)
    : told(
        cause,
        'INCONCLUSIVE',
        `${asked}: what it does cannot be told from chance (${test}; ${floor}).`,
        live,
      );
}

/**
 * One request that was answered otherwise in each run: whether the model gives both answers. Where the good one does not
 * come back at all, a silent change at the provider is named too.
 */
export function judgeSame(
  { arm, stored }: SameTrial,
  cause: NamedCause,
): { readonly cause: NamedCause; readonly changed?: NamedCause } {
  const answers: readonly AnswerFacts[] = [stored.good, stored.bad, ...arm.answers];
  const classes = answerClasses(answers);
  const counts = classes.map(({ members }) => members.filter(index => index > 1).length);
  const [classGood, classBad] = [0, 1].map(index =>
    classes.findIndex(({ members }) => members.includes(index)),
  );
  const [asGood, asBad] = [counts[classGood!]!, counts[classBad!]!];
  const n = arm.answers.length;
  const live: LiveEvidence = {
    arms: [armOf('the same request', arm, classes, counts)],
    p: null,
    noiseFloor: floorOf([counts]),
  };
  if (n === 0)
    return { cause: told(cause, 'INCONCLUSIVE', `Live: no answer came (${failuresOf([arm])}).`, live) };
  if (classGood === classBad) {
    const fact = `Live: asked ${n} times, it said the same in other words ${asGood} times, as it did in both runs.`;
    return { cause: told(cause, asGood > 0 ? 'VERIFIED' : 'INCONCLUSIVE', fact, live) };
  }
  const asked = `Live: the same request, asked ${n} times, gave what good got ${asGood} times and what bad got ${asBad} times`;
  if (asGood > 0 && asBad > 0)
    return { cause: told(cause, 'VERIFIED', `${asked}: the model does both.`, live) };
  if (asBad === 0 && asGood > 0) {
    const rarer = Math.ceil((1 - LEVEL ** (1 / n)) * 100);
    const fact = `${asked}: the bad answer is rarer than ${rarer} % (95 % confidence), or the provider was another one then.`;
    return { cause: told(cause, 'INCONCLUSIVE', fact, live) };
  }
  // The stored good answer is one more draw, if nothing changed: that it alone is in no class of the others has this chance.
  const p = 1 / (n + 1);
  const silent = { ...live, p };
  const fact = `${asked}: the good answer does not come back.`;
  const doubted = told(cause, 'INCONCLUSIVE', fact, silent);
  if (p >= LEVEL) {
    const enough = Math.ceil(1 / LEVEL);
    const more = `${fact} That has a chance of ${shown(p)} where nothing changed; ${enough} answers would tell more.`;
    return { cause: told(cause, 'INCONCLUSIVE', more, silent) };
  }
  return { cause: doubted, changed: silentChange(cause, stored, asked, p, silent) };
}

function silentChange(
  cause: NamedCause,
  { good, bad }: SameTrial['stored'],
  asked: string,
  p: number,
  live: LiveEvidence,
): NamedCause {
  const source = CAUSES.find(({ id }) => id === 'silent_provider_regression')!;
  const { step, callSite } = cause;
  return {
    id: source.id,
    family: source.family,
    status: 'SUGGESTED',
    step,
    field: 'response',
    detail: `Nothing that is sent or announced differs, and the good answer does not come back (p = ${shown(p)}).`,
    evidence: {
      good: brief(JSON.stringify(good.output.parts), 400),
      bad: brief(JSON.stringify(bad.output.parts), 400),
      facts: [
        `${asked}.`,
        'A good answer that was a lucky one looks the same: compare several good runs (--good a b c).',
      ],
    },
    callSite,
    verification: source.verification,
    live,
  };
}

const told = (
  cause: NamedCause,
  status: NamedCause['status'],
  fact: string,
  live: LiveEvidence,
): NamedCause => ({
  ...cause,
  status,
  evidence: { ...cause.evidence, facts: [fact, ...cause.evidence.facts] },
  live,
});

/** How often two answers to one request are of different classes: the mean over requests, weighted by pairs. */
function floorOf(arms: readonly (readonly number[])[]): number {
  let [pairs, different] = [0, 0];
  for (const counts of arms) {
    const all = counts.reduce((sum, count) => sum + count, 0);
    pairs += (all * (all - 1)) / 2;
    different += (all * all - counts.reduce((sum, count) => sum + count * count, 0)) / 2;
  }
  return pairs === 0 ? 0 : different / pairs;
}

function armOf(name: string, arm: Arm, classes: readonly AnswerClass[], counts: readonly number[]): LiveArm {
  return {
    name,
    answers: arm.answers.length,
    failed: arm.failures.length,
    classes: classes
      .map(({ label }, i) => ({ label, count: counts[i]! }))
      .filter(({ count }) => count > 0)
      .toSorted((a, b) => b.count - a.count),
  };
}

function failuresOf(arms: readonly Arm[]): string {
  const failures = arms.flatMap(({ failures }) => failures);
  return failures.length === 0 ? 'no answer came' : `${failures.length} failed: ${brief(failures[0]!)}`;
}

export const shown = (value: number): string =>
  value >= 0.001 ? String(Number(value.toPrecision(2))) : value === 0 ? '0' : value.toExponential(0);
