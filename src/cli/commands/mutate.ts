import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { RewindError } from '../../errors.ts';
import { createSharedRunner } from '../../launch/shared-runner.ts';
import { withAccepted } from '../../mutate/accepted.ts';
import { liveUpTo } from '../../mutate/live-fault.ts';
import { loadOperators } from '../../mutate/load-operators.ts';
import { type MutateProgress, mutate } from '../../mutate/mutate.ts';
import { type MutationReport, mergeReports } from '../../mutate/report.ts';
import { ResultCache } from '../../mutate/result-cache.ts';
import { comesFromPython } from '../../mutate/start-points.ts';
import { openHome } from '../../sessions/home.ts';
import { Redactor } from '../../sessions/redaction.ts';
import { resolveSession } from '../../sessions/resolve.ts';
import { removeLeftFolders } from '../../sessions/temporary-folder.ts';
import { agentCode, portableCommand } from '../agent-code.ts';
import { loadConfig } from '../config.ts';
import { examples } from '../examples.ts';
import { EXIT } from '../exit-codes.ts';
import { ignoredFolders } from '../ignored-folders.ts';
import { giveJson } from '../json-output.ts';
import { cacheFileOf, ownFiles, settingsOf } from '../mutate-cache.ts';
import { plannedEvent, progressEvent, tellMutateEvent } from '../mutate-events.ts';
import { type MutateCommandOptions, mutateOptions } from '../mutate-options.ts';
import { shellOracle } from '../mutate-oracle.ts';
import { outputRule } from '../mutate-output.ts';
import { planFor, whatToRun } from '../mutate-plan.ts';
import { readIfThere, readReport, shownPath, writeReports, writeText } from '../mutate-reports.ts';
import { duration, printMutation, printOperators } from '../mutate-text.ts';
import { Notices } from '../notices.ts';
import { startProgress } from '../progress.ts';
import { out } from '../terminal.ts';
import { trafficOf } from '../traffic.ts';

export function define(command: Command): void {
  mutateOptions(command).action(run);
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

async function run(
  ref: string | undefined,
  rest: readonly string[],
  options: MutateCommandOptions,
): Promise<void> {
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
  options: MutateCommandOptions,
): Promise<MutationReport | null> {
  const config = loadConfig(process.cwd());
  const session = resolveSession(openHome(), ref);
  const plan = await planFor(session, given, options);
  if (!plan) return null;
  const { whole, mutants, leftOut } = plan;
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
  await removeLeftFolders();
  const runner = createSharedRunner({
    ...traffic.runner,
    mode: 'mutant',
    scope: session.start.scope,
    webSockets: 'refuse',
    keysFor: [session],
    // The recording says where its calls come from; to look again costs a Node agent a tenth of its time.
    ...(process.env.REWIND_SITES === undefined
      ? { sites: options.live || comesFromPython(session) ? 'fast' : 'off' }
      : {}),
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
    const { shard } = options;
    return {
      ...report,
      ...(shard ? { shard: `${shard.index}/${shard.count}` } : {}),
      notRun: [...report.notRun, ...leftOut.map(({ id }) => id)],
    };
  } catch (error) {
    if (!stop.aborted) throw error;
    throw new RewindError(
      'interrupted',
      'Stopped before the unbroken runs had ended',
      'Nothing was broken yet.',
    );
  } finally {
    progress.done();
    notices.print();
    await runner.close();
    await upstream?.close();
  }
}

function give(report: MutationReport, options: MutateCommandOptions): void {
  writeReports(report, options);
  if (options.jsonLines) tellMutateEvent({ event: 'report', report });
  else if (!options.json) {
    const stopped = process.exitCode === EXIT.interrupted;
    printMutation(report, { all: options.all ?? false, stopped, pathOf: shownPath });
  }
  giveJson(options, () => report);
  const fails = report.mutants.some(
    ({ verdict, accepted }) => !accepted && options.failOn?.includes(verdict),
  );
  if (process.exitCode === undefined && fails) process.exitCode = EXIT.negative;
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
