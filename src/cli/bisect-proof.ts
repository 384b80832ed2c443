import { rmSync } from 'node:fs';
import type { Examined } from '../bisect/bisect.ts';
import { withLiveAnswers } from '../bisect/live/live.ts';
import { Overheard } from '../bisect/live/overheard.ts';
import type { Report } from '../bisect/report.ts';
import { verifyExamined } from '../bisect/verify.ts';
import { RewindError } from '../errors.ts';
import { createRunner } from '../launch/runner.ts';
import { Redactor } from '../sessions/redaction.ts';
import type { SessionReader } from '../sessions/session.ts';
import { removeLeftFolders, temporaryFolder } from '../sessions/temporary-folder.ts';
import type { Runner } from '../tape/runner.ts';
import { money } from './amounts.ts';
import { environmentCredentials } from './bisect-credentials.ts';
import type { Config } from './config.ts';
import { printJsonLine } from './json-output.ts';
import type { Progress } from './progress.ts';
import { err } from './terminal.ts';
import { tidyAfter } from './tidy-after.ts';
import { type TrafficOptions, trafficOf } from './traffic.ts';
import { copiedWorkspace } from './workspace.ts';

export interface ProofOptions extends TrafficOptions {
  readonly verify?: boolean;
  readonly live?: number;
  readonly maxUsd: number;
  readonly allowEffects?: boolean;
  readonly jsonLines?: boolean;
}

/** What running again and asking again add, where that is wanted. */
export async function proved(
  examined: Examined,
  sessions: readonly SessionReader[],
  options: ProofOptions,
  config: Config,
  progress: Progress,
): Promise<Report> {
  const traffic = trafficOf(options, config, sessions);
  const overheard = new Overheard(traffic.hosts);
  const report = options.verify
    ? await verified(examined, sessions, overheard, options, config, progress)
    : examined.report;
  if (options.live === undefined) return report;
  if (report.causes[0]?.status === 'INCONCLUSIVE' && options.verify)
    return { ...report, notes: [...report.notes, 'Not asked live: first the runs must repeat themselves.'] };
  const provider = traffic.upstream();
  const stop = new AbortController();
  const interrupted = (): void =>
    stop.abort(new RewindError('interrupted', 'Interrupted', 'Nothing was kept.'));
  process.once('SIGINT', interrupted);
  try {
    return await withLiveAnswers(examined, report, {
      times: options.live,
      maxUsd: options.maxUsd,
      provider,
      credentials: options.verify
        ? overheard.credentials
        : environmentCredentials(process.env, traffic.hosts),
      prices: config.prices,
      signal: stop.signal,
      onEstimate: (answers, usd) => {
        progress.clear();
        err.line(`asking live: ${answers} answers, estimated ${money(usd)}, at most $${options.maxUsd}`);
      },
      onAnswer: (done, of, usd) => progress.update(`asked ${done} of ${of}, ${money(usd)}`),
    });
  } finally {
    process.off('SIGINT', interrupted);
    await provider.close();
  }
}

/** Runs that only prove something are no recordings of the user's: they go to a home of their own. */
async function verified(
  examined: Examined,
  sessions: readonly SessionReader[],
  overheard: Overheard,
  options: ProofOptions,
  config: Config,
  progress: Progress,
): Promise<Report> {
  const redactor = new Redactor(config.redact);
  return withRunner(sessions, config, runner =>
    verifyExamined(examined, {
      runner,
      workspace: copiedWorkspace,
      rules: config.match,
      redact: request => redactor.request(request),
      redactTool: value => redactor.json(value),
      allowEffects: options.allowEffects ?? false,
      overhear: overheard.around,
      onTrial: what => {
        progress.update(`trying ${what}`);
        if (options.jsonLines) printJsonLine({ event: 'trying', what });
      },
    }),
  );
}

/** Runs agents that prove something, in a home that goes with it. */
export async function withRunner<T>(
  sessions: readonly SessionReader[],
  config: Config,
  use: (runner: Runner) => Promise<T>,
): Promise<T> {
  await removeLeftFolders();
  const home = temporaryFolder('bisect');
  const scope = sessions.some(({ start }) => start.scope === 'all-http') ? 'all-http' : 'llm';
  const runner = createRunner({
    ...trafficOf({}, config, sessions).runner,
    mode: 'verify',
    home,
    scope,
    webSockets: 'refuse',
    otherTraffic: 'refuse',
    keysFor: sessions,
  });
  // A Ctrl-C in a terminal reaches the agents too; an editor that stops us speaks to us alone.
  const stop = new AbortController();
  return tidyAfter(
    () => use({ run: request => runner.run({ ...request, signal: stop.signal }) }),
    () => {
      stop.abort();
      rmSync(home, { recursive: true, force: true });
    },
  );
}
