import type { MutationReport } from '../report.ts';
import { UNHANDLED, VERDICTS } from '../verdict.ts';

/**
 * Annotations for a pull request, one a line
 * (https://docs.github.com/actions/reference/workflow-commands-for-github-actions). Unhandled faults only, without those that are accepted;
 * the gravest first, since GitHub shows ten of each level a step.
 */
export function githubAnnotations(
  report: MutationReport,
  pathOf: (file: string) => string,
): readonly string[] {
  return report.mutants
    .filter(({ verdict, accepted }) => UNHANDLED.has(verdict) && !accepted)
    .toSorted((a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict))
    .map(({ id, verdict, reason, callSite }) => {
      const level = verdict === 'silent' || verdict === 'unsafe' ? 'error' : 'warning';
      const place = callSite ? `file=${property(pathOf(callSite.file))},line=${callSite.line},` : '';
      return `::${level} ${place}title=${property(`${verdict}: ${id}`)}::${data(reason)}`;
    });
}

const data = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
