import type { MutantResult, MutationReport } from '../report.ts';
import { HANDLED, UNHANDLED } from '../verdict.ts';

/** JUnit's XML as CI servers read it: a suite a step, a test a mutant; what says nothing about the agent is skipped. */
export function junitXml(report: MutationReport, pathOf: (file: string) => string): string {
  const steps = [...new Set(report.mutants.map(({ step }) => step))];
  const suites = steps.map(step => {
    const mutants = report.mutants.filter(mutant => mutant.step === step);
    return `  <testsuite name="step ${step}" ${counts(mutants)}>\n${mutants.map(one => testCase(one, pathOf)).join('')}  </testsuite>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="rewind mutate" ${counts(report.mutants)}>\n${suites.join('')}</testsuites>\n`;
}

const isFailure = ({ verdict, accepted }: MutantResult): boolean => UNHANDLED.has(verdict) && !accepted;

function counts(mutants: readonly MutantResult[]): string {
  const failures = mutants.filter(one => isFailure(one)).length;
  const skipped = mutants.filter(one => !isFailure(one) && !HANDLED.has(one.verdict)).length;
  const seconds = mutants.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000;
  return `tests="${mutants.length}" failures="${failures}" errors="0" skipped="${skipped}" time="${seconds.toFixed(3)}"`;
}

function testCase(result: MutantResult, pathOf: (file: string) => string): string {
  const { id, operator, verdict, reason, detail, durationMs, callSite, accepted } = result;
  const where = callSite ? ` file="${xml(pathOf(callSite.file))}" line="${callSite.line}"` : '';
  const head = `    <testcase name="${xml(id)}" classname="${xml(operator)}" time="${(durationMs / 1000).toFixed(3)}"${where}`;
  const message = xml(`${accepted ? 'accepted, ' : ''}${verdict}: ${reason}`);
  if (isFailure(result)) {
    return `${head}>\n      <failure type="${verdict}" message="${message}">${xml(detail)}</failure>\n    </testcase>\n`;
  }
  return HANDLED.has(verdict)
    ? `${head}/>\n`
    : `${head}>\n      <skipped message="${message}"/>\n    </testcase>\n`;
}

/** Characters that XML 1.0 cannot hold at all are replaced. */
function xml(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\t', '&#9;')
    .replaceAll('\r', '&#13;')
    .replaceAll('\n', '&#10;');
}
