import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { RewindError } from '../../errors.ts';
import { createSharedRunner } from '../../launch/shared-runner.ts';
import { withAccepted } from '../../mutate/accepted.ts';
import { liveUpTo } from '../../mutate/live-fault.ts';
import { loadOperators } from '../../mutate/load-operators.ts';
import type { Mutant } from '../../mutate/mutant.ts';
import { type MutateProgress, mutate } from '../../mutate/mutate.ts';
import { planMutants, shardOf } from '../../mutate/plan.ts';
import { type MutationReport, mergeReports } from '../../mutate/report.ts';
import { ResultCache } from '../../mutate/result-cache.ts';
import { VERDICTS, type Verdict } from '../../mutate/verdict.ts';
import { openHome } from '../../sessions/home.ts';
import { Redactor } from '../../sessions/redaction.ts';
import { resolveSession } from '../../sessions/resolve.ts';
import type { SessionReader } from '../../sessions/session.ts';
import { agentCode, portableCommand } from '../agent-code.ts';
import { changedFiles, sinceChange } from '../changed-files.ts';
import { loadConfig } from '../config.ts';
import { examples } from '../examples.ts';
import { EXIT } from '../exit-codes.ts';
import { ignoredFolders } from '../ignored-folders.ts';
import { giveJson, type JsonOptions } from '../json-output.ts';
import { plannedEvent, progressEvent, tellMutateEvent } from '../mutate-events.ts';
import { shellOracle } from '../mutate-oracle.ts';
import { outputRule } from '../mutate-output.ts';
import { type ReportOptions, readIfThere, shownPath, writeReports, writeText } from '../mutate-reports.ts';
import { duration, printMutation, printOperators } from '../mutate-text.ts';
import { Notices } from '../notices.ts';
import { collected, dollars, wholeNumber } from '../option-values.ts';
import { startProgress } from '../progress.ts';
import { err, out } from '../terminal.ts';
import { trafficOf } from '../traffic.ts';

interface Options extends JsonOptions, ReportOptions {
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

export function define(command: Command): void {
  command
    .usage('[options] <session> [-- <command…>]')
    .argument('[session]', 'the recording to break; with --merge the first report')
    .argument('[command...]', 'another command than the recorded one; with --merge further reports')
    .option('--only <operator>', 'an operator or a family only (repeatable)', collected)
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
    .option('--json-lines', 'print the plan, each result as it comes, and the report: one JSON a line')
    .action(run);
  examples(command, [
    ['rewind mutate latest', 'break every call in every way that makes sense'],
    ['rewind mutate latest --max-mutants 20', 'the 20 most telling ones'],
    ['rewind mutate refund --only stream --step 4', 'one step, broken streams only'],
    ['rewind mutate refund --oracle "npm test" --fail-on silent,unsafe', 'for CI'],
    ['rewind mutate refund --incremental --html mutate.html', 'what has changed since, as a page'],
    ['rewind mutate refund --since main', 'calls in files that a branch changes'],
    ['rewind mutate refund --shard 1/4 --json-out 1.json', 'one of four machines'],
    ['rewind mutate --merge 1.json 2.json 3.json 4.json', 'and their results together'],
  ]);
}

async function run(ref: string | undefined, rest: readonly string[], options: Options): Promise<void> {
  if (options.operators) return printOperators(await loadOperators(options.operator ?? []));
  if (ref === undefined) {
    throw new RewindError(
      'usage',
      'A session is needed',
      '`rewind mutate latest` breaks the newest recording.',
    );
  }
  const report = options.merge
    ? mergeReports([ref, ...rest].map(readReport))
    : await mutateSession(ref, rest, options);
  if (report) give(withAccepted(report, loadConfig(process.cwd()).mutate.accept), options);
}

async function mutateSession(
  ref: string,
  given: readonly string[],
  options: Options,
): Promise<MutationReport | null> {
  const config = loadConfig(process.cwd());
  const session = resolveSession(openHome(), ref);
  const operators = await loadOperators(options.operator ?? []);
  const whole = planMutants(session, {
    operators,
    ...(options.only ? { only: options.only } : {}),
    ...(options.step === undefined ? {} : { step: options.step }),
  });
  if (whole.length === 0) {
    throw new RewindError(
      'nothing-to-break',
      `Session ${session.start.id.slice(0, 8)} has no answer that could be broken so`,
      '`rewind inspect` shows its steps, `rewind mutate --operators` the operators.',
    );
  }
  const named = options.mutant ? withIds(whole, options.mutant) : whole;
  const meant =
    options.since === undefined
      ? named
      : sinceChange(named, changedFiles(whatToRun(session, given).cwd, options.since));
  if (meant.length === 0) {
    err.line(
      `No call of the recording stands in a file that has changed since ${options.since}: nothing to run.`,
    );
    return null;
  }
  const budgeted = options.maxMutants === undefined ? meant : meant.slice(0, options.maxMutants);
  const mutants = options.shard ? shardOf(budgeted, options.shard) : budgeted;
  if (options.jsonLines) tellMutateEvent(plannedEvent(session.start.id, mutants));
  if (options.plan) {
    if (options.jsonLines) return null;
    for (const { id, fault } of mutants) out.line(`${id}  ${fault.detail}`);
    return null;
  }
  const { command, cwd } = whatToRun(session, given);
  const output = outputRule(options);
  const traffic = trafficOf({}, config, [session]);
  const cacheFile = cacheFileOf(options);
  const known =
    cacheFile === undefined
      ? null
      : new ResultCache(readIfThere(cacheFile), {
          session,
          code: agentCode({
            cwd,
            command,
            files: whole.flatMap(({ callSite }) => (callSite ? [callSite.file] : [])),
            except: ownFiles(options, cacheFile),
          }),
          command: portableCommand(command, cwd),
          settings: settingsOf(options, config),
        });
  const upstream = options.live ? traffic.upstream() : undefined;
  const notices = new Notices();
  const redactor = new Redactor(config.redact);
  const progress = startProgress('running it unbroken, three times', true);
  const stop = stopSignal();
  const runner = createSharedRunner({
    ...traffic.runner,
    mode: 'mutant',
    scope: session.start.scope,
    webSockets: 'refuse',
    keysFor: [session],
    // The recording says where its calls come from; looking deeper costs a Node agent more than all else that we do.
    ...(process.env.REWIND_SITES === undefined ? { sites: 'fast' } : {}),
    graceMs: 200,
    onNotice: message => notices.add(message),
  });
  try {
    const report = await mutate({
      session,
      mutants,
      command,
      cwd,
      generated: await ignoredFolders(cwd),
      runner,
      jobs: options.jobs ?? availableParallelism(),
      inPlace: options.inPlace ?? false,
      keep: options.forkServer,
      ...(upstream ? { live: liveUpTo(upstream, config.prices, options.maxUsd) } : {}),
      ...(known && !options.force ? { known } : {}),
      rules: config.match,
      redact: request => redactor.request(request),
      redactTool: value => redactor.json(value),
      ...(options.oracle === undefined ? {} : { oracle: shellOracle(options.oracle) }),
      ...(options.loud ? { loud: options.loud } : {}),
      ...(output ? { output } : {}),
      timeoutMs: (options.timeout ?? 120) * 1000,
      ...(options.maxMinutes === undefined ? {} : { budgetMs: options.maxMinutes * 60_000 }),
      signal: stop,
      onProgress: state => {
        progress.update(progressLine(state));
        if (options.jsonLines) tellMutateEvent(progressEvent(state));
      },
    });
    if (stop.aborted) process.exitCode = EXIT.interrupted;
    if (known && cacheFile !== undefined) {
      known.add(report, mutants);
      writeText(cacheFile, known.toString());
    }
    return { ...report, notRun: [...report.notRun, ...meant.slice(budgeted.length).map(({ id }) => id)] };
  } catch (error) {
    if (!stop.aborted) throw error;
    throw new RewindError(
      'interrupted',
      'Stopped before the unbroken runs had ended',
      'Nothing was broken yet.',
    );
  } finally {
    progress.done();
    await runner.close();
    await upstream?.close();
  }
}

function give(report: MutationReport, options: Options): void {
  writeReports(report, options);
  if (options.jsonLines) tellMutateEvent({ event: 'report', report });
  else if (!options.json) printMutation(report, { all: options.all ?? false, pathOf: shownPath });
  giveJson(options, () => report);
  const fails = report.mutants.some(
    ({ verdict, accepted }) => !accepted && options.failOn?.includes(verdict),
  );
  if (process.exitCode === undefined && fails) process.exitCode = EXIT.negative;
}

/** Where results are kept between runs, by default. */
const CACHE_FILE = 'rewind-mutate.json';

function cacheFileOf({ incremental, inPlace, live }: Options): string | undefined {
  if (!incremental) return undefined;
  if (live) {
    throw new RewindError(
      'usage',
      '--incremental and --live do not go together: a real model answers differently each time',
      'Leave one of them out.',
    );
  }
  if (inPlace) {
    throw new RewindError(
      'usage',
      '--incremental and --in-place do not go together: runs in the folder itself change the code that is compared',
      'Leave --in-place out.',
    );
  }
  return resolve(incremental === true ? CACHE_FILE : incremental);
}

/** What the command itself writes is no code of the agent's. */
function ownFiles({ stryker, html, junit, jsonOut }: Options, cacheFile: string): ReadonlySet<string> {
  const files = [stryker, html, junit, jsonOut, CACHE_FILE, cacheFile];
  return new Set(files.flatMap(file => (typeof file === 'string' ? [resolve(file)] : [])));
}

/** All that judges and matches, by value. */
function settingsOf(
  { oracle, loud, outputExact, outputMatches, outputSchema, timeout }: Options,
  { match, redact, hosts }: ReturnType<typeof loadConfig>,
): unknown {
  const byValue = (_: string, value: unknown): unknown => (value instanceof RegExp ? String(value) : value);
  const schema = outputSchema === undefined ? null : readIfThere(outputSchema);
  const all = { oracle, loud, outputExact, outputMatches, schema, timeout, match, redact, hosts };
  return JSON.stringify(all, byValue);
}

function withIds(mutants: readonly Mutant[], ids: readonly string[]): readonly Mutant[] {
  const known = new Map(mutants.map(mutant => [mutant.id, mutant]));
  return ids.map(id => {
    const mutant = known.get(id);
    if (mutant) return mutant;
    throw new RewindError(
      'no-such-mutant',
      `The recording has no mutant ${id}`,
      '`rewind mutate <session> --plan` lists them.',
    );
  });
}

function progressLine({ done, total, leftMs, last }: MutateProgress): string {
  const left = leftMs === null ? '' : `, ${duration(leftMs)} left`;
  return `${done} of ${total} mutants${left}${last ? `  ${last.verdict}: ${last.id}` : ''}`;
}

/** The first Ctrl-C ends the runs and reports what is done; the second ends the process. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(EXIT.interrupted);
      stop.abort();
    });
  }
  return stop.signal;
}

function whatToRun(
  { start }: SessionReader,
  given: readonly string[],
): { readonly command: readonly string[]; readonly cwd: string } {
  if (given.length > 0) return { command: given, cwd: process.cwd() };
  if (start.command.length === 0) {
    throw new RewindError(
      'no-command',
      `Session ${start.id.slice(0, 8)} has no command of its own (${start.mode})`,
      `Say what to run: rewind mutate ${start.id.slice(0, 8)} -- <command>`,
    );
  }
  if (start.cwd !== '' && statSync(start.cwd, { throwIfNoEntry: false })?.isDirectory())
    return { command: start.command, cwd: start.cwd };
  return { command: start.command, cwd: process.cwd() };
}

function readReport(file: string): MutationReport {
  const text = readIfThere(file);
  let report: Partial<MutationReport> | undefined;
  try {
    report = text === null ? undefined : (JSON.parse(text) as Partial<MutationReport>);
  } catch {
    report = undefined;
  }
  if (report?.version === 1 && Array.isArray(report.mutants) && report.summary)
    return report as MutationReport;
  throw new RewindError(
    'bad-report',
    `${file} is no report of rewind mutate`,
    'Write one with `rewind mutate <session> --shard 1/2 --json-out 1.json`.',
  );
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
