import { type Command, InvalidArgumentError } from 'commander';
import { VERDICTS, type Verdict } from '../mutate/verdict.ts';
import type { JsonOptions } from './json-output.ts';
import { CACHE_FILE } from './mutate-cache.ts';
import type { ReportOptions } from './mutate-reports.ts';
import { collected, dollars, listed, wholeNumber } from './option-values.ts';

/** As commander gives them. */
export interface MutateCommandOptions extends JsonOptions, ReportOptions {
  readonly only?: readonly string[];
  readonly operator?: readonly string[];
  readonly operators?: boolean;
  readonly step?: number;
  readonly mutant?: readonly string[];
  readonly jsonLines?: boolean;
  readonly maxMutants?: number;
  readonly maxMinutes?: number;
  readonly shard?: { readonly index: number; readonly count: number };
  readonly merge?: boolean;
  readonly jobs?: number;
  readonly inPlace?: boolean;
  readonly oracle?: string;
  readonly loud?: RegExp;
  readonly outputExact?: boolean;
  readonly outputMatches?: RegExp;
  readonly outputSchema?: string;
  readonly timeout?: number;
  readonly failOn?: readonly Verdict[];
  readonly since?: string;
  /** A file, or true for the usual one. */
  readonly incremental?: string | boolean;
  readonly force?: boolean;
  readonly forkServer: boolean;
  readonly live?: boolean;
  readonly maxUsd: number;
  readonly plan?: boolean;
  readonly all?: boolean;
}

/** Arguments and options of `rewind mutate`. */
export function mutateOptions(command: Command): Command {
  return command
    .usage('[options] <session> [-- <command…>]')
    .argument('[session]', 'the recording to break; with --merge the first report')
    .argument('[command...]', 'another command than the recorded one; with --merge further reports')
    .option('--only <operator>', 'an operator or a family only; several with commas', listed)
    .option(
      '--operator <module>',
      'an operator of your own: a module, see docs/mutate.md (repeatable)',
      collected,
    )
    .option('--operators', 'list the operators')
    .option('--plan', 'list the mutants, run none')
    .option('--step <step>', 'break this step only', wholeNumber)
    .option('--mutant <id>', 'this mutant only, as --plan lists them (repeatable)', collected)
    .option('--max-mutants <n>', 'run the n most telling ones', wholeNumber)
    .option('--max-minutes <n>', 'begin no mutant after so many minutes', wholeNumber)
    .option('--since <commit>', 'only calls in files that have changed since a commit')
    .option('--incremental [file]', `run only what has changed since; results are kept in ${CACHE_FILE}`)
    .option('--no-incremental', 'run all, and keep nothing (the default)')
    .option('--force', 'with --incremental: run all again')
    .option('--shard <i/n>', "this machine's part of the mutants: 1/3, 2/3, 3/3", shard)
    .option('--merge', 'join the --json reports of several shards')
    .option('-j, --jobs <n>', 'runs side by side; default: one a core', wholeNumber)
    .option('--no-fork-server', 'start Python agents anew for each mutant, not from the broken call')
    .option('--live', 'behind a fault, ask the provider what the tape does not have: costs money')
    .option('--max-usd <dollars>', 'with --live: the most that it may cost', dollars, 1)
    .option('--in-place', 'run in the folder itself, one at a time, instead of in copies')
    .option('--oracle <command>', 'a shell command that judges each run: 0 good, 125 cannot say, else bad')
    .option('--loud <pattern>', 'a regular expression: output that counts as telling the user', pattern)
    .option('--output-exact', 'output must be that of the unbroken run to the byte')
    .option('--output-matches <pattern>', 'a regular expression: what good output looks like', pattern)
    .option('--output-schema <file>', 'a JSON Schema that good output meets')
    .option('--timeout <seconds>', 'for the unbroken run; default 120', wholeNumber)
    .option('--fail-on <verdicts>', 'exit code 1 where a mutant has one of these: silent,unsafe', verdicts)
    .option('--all', 'show handled faults too')
    .option('--stryker <file>', "write Stryker's mutation testing report (JSON)")
    .option('--html <file>', "write Stryker's HTML report, one file")
    .option('--junit <file>', 'write JUnit XML')
    .option('--github', 'print annotations for GitHub Actions')
    .option('--json', 'print the report as JSON (docs/mutate.md)')
    .option('--json-out <file>', 'write that JSON to a file')
    .option('--json-lines', 'print the plan, each result as it comes, and the report: one JSON a line');
}

function shard(text: string): { readonly index: number; readonly count: number } {
  const [, index, count] = (/^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []).map(Number);
  if (index !== undefined && count !== undefined && index >= 1 && index <= count) return { index, count };
  throw new InvalidArgumentError('Give i/n, such as 1/3.');
}

function verdicts(text: string): readonly Verdict[] {
  return text.split(',').map(word => {
    const verdict = VERDICTS.find(one => one === word.trim().toLowerCase());
    if (!verdict) throw new InvalidArgumentError(`Verdicts are ${VERDICTS.join(', ')}.`);
    return verdict;
  });
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text, 'i');
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}
