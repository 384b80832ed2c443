import { type Command, Option } from 'commander';
import { bisectSessions } from '../../bisect/bisect.ts';
import { CAUSES } from '../../bisect/catalogue.ts';
import { markdownOf } from '../../bisect/markdown.ts';
import type { Report } from '../../bisect/report.ts';
import { RewindError } from '../../errors.ts';
import { openHome } from '../../sessions/home.ts';
import { resolveSession } from '../../sessions/resolve.ts';
import { printReport } from '../bisect-text.ts';
import { withCodeChanges } from '../code-changes.ts';
import { examples } from '../examples.ts';
import { EXIT } from '../exit-codes.ts';
import { printJson } from '../json-output.ts';
import { nearestName } from '../nearest-name.ts';
import { LONG_SESSION, withProgress } from '../progress.ts';
import { out } from '../terminal.ts';

interface Options {
  readonly expect?: string;
  readonly full?: boolean;
  readonly json?: boolean;
  readonly markdown?: boolean;
}

export function define(command: Command): void {
  command
    .argument('<good>', 'the session that did well')
    .argument('<bad>', 'the session that did not')
    .option(
      '--expect <cause>',
      'exit code 1 unless this is the first cause; none: unless the runs do the same',
    )
    .option('--full', 'whole texts, all causes')
    .addOption(new Option('--markdown', 'for a pull request').conflicts('json'))
    .option('--json', 'an object (docs/bisect.md)')
    .action(bisect);
  examples(command, [
    ['rewind bisect 7f3a latest', 'why the latest run did something else'],
    ['rewind bisect 7f3a latest --markdown', 'the same for a pull request'],
    ['rewind bisect golden latest --expect none', 'for CI: exit code 1 when the runs diverge'],
  ]);
}

async function bisect(refGood: string, refBad: string, options: Options): Promise<void> {
  checkExpected(options.expect);
  const home = openHome();
  const [good, bad] = [resolveSession(home, refGood), resolveSession(home, refBad)];
  const found = await withProgress(
    'comparing the sessions',
    () => bisectSessions(good, bad),
    good.length + bad.length > LONG_SESSION,
  );
  const report = await withCodeChanges(found, good, bad);
  if (!met(report, options.expect)) process.exitCode = EXIT.negative;
  if (options.json) printJson(report);
  else if (options.markdown) out.line(markdownOf(report).trimEnd());
  else printReport(report, options.full ?? false);
}

function met({ divergence, causes }: Report, expected: string | undefined): boolean {
  if (expected === undefined) return true;
  return expected === 'none' ? divergence === null : causes[0]?.id === expected;
}

function checkExpected(expected: string | undefined): void {
  const names = ['none', ...CAUSES.map(({ id }) => id)];
  if (expected === undefined || names.includes(expected)) return;
  const meant = nearestName(expected, names);
  throw new RewindError(
    'unknown-cause',
    `${expected} is no cause`,
    meant ? `Did you mean ${meant}?` : 'docs/bisect.md lists them; `none` expects no divergence.',
  );
}
