import type { SessionReader } from '../sessions/session.ts';
import type { MatchRules } from '../tape/rules.ts';
import { timelineOf } from '../timeline/timeline.ts';
import { bisectSessions } from './bisect.ts';
import type { NamedCause, Report } from './report.ts';
import { ordinalsOf } from './sides.ts';

export interface MutantBisected {
  readonly report: Report;
  /** The call that was given the fault, among the mutant's LLM calls from 0; null where none was. */
  readonly fault: number | null;
  /** What is named first, where that is at the fault or in what its call led to; null: bisect does not see the fault. */
  readonly named: NamedCause | null;
}

/** Bisects a recording against a mutant of it: the mutant that behaves otherwise differs in the injected fault, by rights. */
export function bisectMutant(
  original: SessionReader,
  mutant: SessionReader,
  rules?: MatchRules,
): MutantBisected {
  const report = bisectSessions(original, mutant, rules);
  const run = timelineOf(mutant);
  const broken = run.steps.find(
    step => step.kind === 'call' && step.attempts.some(({ seq }) => mutant.exchange(seq).label === 'FAULT'),
  );
  const fault = broken ? ordinalsOf(run).get(broken.index)! : null;
  const [first] = report.causes;
  return { report, fault, named: first && fault !== null && first.step === fault ? first : null };
}
