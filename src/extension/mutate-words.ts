import type { MutantResult } from '../mutate/report.ts';
import { HANDLED, UNHANDLED, type Verdict } from '../mutate/verdict.ts';

/** Results of broken runs in a few words. */

type Judged = Pick<MutantResult, 'verdict' | 'accepted'>;

/** What counts against the agent: unhandled, and not taken for right by the user. */
export const isFinding = ({ verdict, accepted }: Judged): boolean => UNHANDLED.has(verdict) && !accepted;

/** A survivor goes unnoticed: no exit code and no exception tells of it. */
export const isSurvivor = (result: Judged): boolean =>
  isFinding(result) && (result.verdict === 'silent' || result.verdict === 'unsafe');

const WORDS: Readonly<Partial<Record<Verdict, readonly [one: string, many: string]>>> = {
  unsafe: ['unsafe', 'unsafe'],
  silent: ['silent', 'silent'],
  crashed: ['crash', 'crashes'],
  hung: ['hung', 'hung'],
};

/** `2 silent · 1 crash · 6 handled`: the gravest first; what does not count only where there is nothing else. */
export function verdictTitle(results: readonly Judged[]): string {
  const parts: string[] = [];
  for (const [verdict, [one, many]] of Object.entries(WORDS)) {
    const found = results.filter(result => result.verdict === verdict && isFinding(result)).length;
    if (found > 0) parts.push(`${found} ${found === 1 ? one : many}`);
  }
  const accepted = results.filter(result => result.accepted).length;
  if (accepted > 0) parts.push(`${accepted} accepted`);
  const handled = results.filter(({ verdict }) => HANDLED.has(verdict)).length;
  if (handled > 0) parts.push(`${handled} handled`);
  if (parts.length > 0) return parts.join(' · ');
  return results.length === 0 ? 'not broken yet' : `${results.length} without effect`;
}
