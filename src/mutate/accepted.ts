import type { MutantResult, MutationReport } from './report.ts';
import type { Verdict } from './verdict.ts';

/** A finding that the user takes for right: a member of `mutate.accept` in rewind.config.json. */
export interface Accepted {
  /** A mutant's id, or an operator's: wherever it is. */
  readonly mutant: string;
  /** Other verdicts of that mutant are findings still. */
  readonly verdict: Verdict;
  /** For those who read the file. */
  readonly why?: string;
}

/** The report with accepted findings marked. */
export function withAccepted(report: MutationReport, accepted: readonly Accepted[]): MutationReport {
  const isAccepted = ({ id, operator, verdict }: MutantResult): boolean =>
    accepted.some(one => (one.mutant === id || one.mutant === operator) && one.verdict === verdict);
  return {
    ...report,
    mutants: report.mutants.map(result => (isAccepted(result) ? { ...result, accepted: true } : result)),
  };
}
