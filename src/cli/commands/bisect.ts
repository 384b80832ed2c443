import { type Command, Option } from 'commander';
import { examineSessions } from '../../bisect/bisect.ts';
import { CAUSES } from '../../bisect/catalogue.ts';
import { FEWEST } from '../../bisect/live/live.ts';
import { bisectMany } from '../../bisect/many.ts';
import { markdownOf } from '../../bisect/markdown.ts';
import type { Report } from '../../bisect/report.ts';
import { RewindError } from '../../errors.ts';
import { openHome } from '../../sessions/home.ts';
import { resolveSession } from '../../sessions/resolve.ts';
import type { SessionReader } from '../../sessions/session.ts';
import { searchCommits } from '../bisect-commits.ts';
import { type ProofOptions, proved, withRunner } from '../bisect-proof.ts';
import { printReport, printSeparations } from '../bisect-text.ts';
import { withCodeChanges } from '../code-changes.ts';
import { loadConfig } from '../config.ts';
import { examples } from '../examples.ts';
import { EXIT } from '../exit-codes.ts';
import { printJson, printJsonLine } from '../json-output.ts';
import { nearestName } from '../nearest-name.ts';
import { collected, dollars, wholeNumber } from '../option-values.ts';
import { LONG_SESSION, withProgress } from '../progress.ts';
import { safeLine } from '../safe-text.ts';
import { err, out } from '../terminal.ts';

interface Options extends ProofOptions {
  readonly good?: readonly string[];
  readonly bad?: readonly string[];
  readonly run?: string;
  readonly tape?: string;
  readonly expect?: string;
  readonly full?: boolean;
  readonly json?: boolean;
  readonly markdown?: boolean;
}

export function define(command: Command): void {
  command
    .usage('[options] <good> <bad>')
    .argument('[good]', 'the session that did well')
    .argument('[bad]', 'the session that did not')
    .option(
      '--verify',
      'run both again from tape: the good value must heal the bad run, the bad one break the good',
    )
    .option(
      '--live <times>',
      'ask the provider again, so often each, where only that can tell. This costs money',
      wholeNumber,
    )
    .option('--max-usd <dollars>', 'with --live: the most that it may cost', dollars, 1)
    .option(
      '-u, --upstream <HOST=URL>',
      "with --live: send a host's traffic elsewhere (repeatable)",
      collected,
    )
    .option('--allow-effects', 'with --verify: even where tools look as if they changed something')
    .option('--good <session...>', 'several good runs; with --run a commit or a session')
    .option('--bad <session...>', 'several bad runs; with --run a commit or a session')
    .option(
      '--run <test>',
      "search the code's commits instead: 0 is good, 125 skips, else bad (as git bisect run)",
    )
    .option(
      '--tape <session>',
      'with --run: whose answers the commits get; else the session given as --good or --bad',
    )
    .option(
      '--expect <cause>',
      'exit code 1 unless this is the first cause; none: unless the runs do the same',
    )
    .option('--full', 'whole texts, all causes')
    .addOption(new Option('--markdown', 'for a pull request').conflicts('json'))
    .option('--json', 'an object (docs/bisect.md)')
    .option('--json-lines', 'what is tried, as it is tried, and the report: one JSON a line')
    .action(bisect);
  examples(command, [
    ['rewind bisect 7f3a latest', 'why the latest run did something else'],
    ['rewind bisect 7f3a latest --verify', 'and prove it: no network, no cost'],
    ['rewind bisect 7f3a latest --live 8 --max-usd 0.50', 'where chance may be: ask the model again'],
    ['rewind bisect 7f3a latest --markdown', 'the same for a pull request'],
    ['rewind bisect golden latest --expect none', 'for CI: exit code 1 when the runs diverge'],
    ['rewind bisect --good a b c --bad d e', 'what separates several runs'],
    ["rewind bisect --run 'npm test' --good golden --bad HEAD", 'which commit broke it, on one tape'],
  ]);
}

async function bisect(
  refGood: string | undefined,
  refBad: string | undefined,
  options: Options,
): Promise<void> {
  checkExpected(options.expect);
  if (options.run !== undefined) return bisectCommits(options.run, options);
  const home = openHome();
  const goods = [...(refGood === undefined ? [] : [refGood]), ...(options.good ?? [])];
  const bads = [...(refBad === undefined ? [] : [refBad]), ...(options.bad ?? [])];
  if (goods.length === 0 || bads.length === 0) {
    throw new RewindError('usage', 'A good session and a bad one are needed', 'See `rewind bisect --help`.');
  }
  const [good, ...moreGood] = goods.map(ref => resolveSession(home, ref));
  const [bad, ...moreBad] = bads.map(ref => resolveSession(home, ref));
  if (moreGood.length + moreBad.length > 0) {
    const many = bisectMany([good!, ...moreGood], [bad!, ...moreBad], loadConfig(process.cwd()).match);
    return options.json ? printJson(many) : printSeparations(many);
  }
  await bisectPair(good!, bad!, options);
}

async function bisectPair(good: SessionReader, bad: SessionReader, options: Options): Promise<void> {
  if (options.live !== undefined && options.live < FEWEST) {
    throw new RewindError(
      'usage',
      `--live ${options.live} can tell nothing: no difference between so few answers is certain`,
      `Ask at least ${FEWEST} times; 8 and more see smaller differences.`,
    );
  }
  const config = loadConfig(process.cwd());
  const long = options.verify || options.live !== undefined || good.length + bad.length > LONG_SESSION;
  const proven = await withProgress(
    'comparing the sessions',
    progress => {
      const examined = examineSessions(good, bad, config.match);
      if (!examined.report.divergence) return examined.report;
      return proved(examined, [good, bad], options, config, progress);
    },
    long,
  );
  const report = await withCodeChanges(proven, good, bad);
  if (!met(report, options.expect)) process.exitCode = EXIT.negative;
  if (options.jsonLines) printJsonLine({ event: 'report', report });
  else if (options.json) printJson(report);
  else if (options.markdown) out.line(markdownOf(report).trimEnd());
  else printReport(report, options.full ?? false);
}

async function bisectCommits(test: string, options: Options): Promise<void> {
  const [good, ...others] = options.good ?? [];
  const [bad, ...rest] = options.bad ?? [];
  if (good === undefined || bad === undefined || others.length + rest.length > 0) {
    throw new RewindError('usage', '--run needs one --good and one --bad', 'See `rewind bisect --help`.');
  }
  const config = loadConfig(process.cwd());
  const search = await withRunner([], config, runner =>
    searchCommits({
      home: openHome(),
      runner,
      test,
      good,
      bad,
      ...(options.tape === undefined ? {} : { tape: options.tape }),
      rules: config.match,
      onTested: (commit, verdict) => err.line(`${commit.slice(0, 10)} ${verdict}`),
    }),
  );
  const { candidates, tested } = search.result;
  if (options.json) {
    const first = candidates.length === 1 ? candidates[0]! : null;
    const named = candidates.map(commit => ({ commit, subject: search.subjects.get(commit) ?? '' }));
    return printJson({
      good: search.good,
      bad: search.bad,
      tape: search.tape.start.id,
      first,
      candidates: named,
      tested,
    });
  }
  out.line(
    candidates.length === 1
      ? 'First bad commit:'
      : 'The first bad commit is one of (the others could not be tested):',
  );
  for (const commit of candidates)
    out.line(`  ${commit.slice(0, 10)} ${safeLine(search.subjects.get(commit) ?? '')}`);
}

function met({ divergence, causes }: Report, expected: string | undefined): boolean {
  if (expected === undefined) return true;
  return expected === 'none' ? divergence === null : causes[0]?.id === expected;
}

function checkExpected(expected: string | undefined): void {
  const names = ['none', ...CAUSES.map(({ id }) => id)];
  if (expected === undefined || names.includes(expected)) return;
  const meant = nearestName(expected, names) ?? names.find(name => name.startsWith(expected));
  throw new RewindError(
    'unknown-cause',
    `${expected} is no cause`,
    meant ? `Did you mean ${meant}?` : 'docs/causes.md lists them; `none` expects no divergence.',
  );
}
