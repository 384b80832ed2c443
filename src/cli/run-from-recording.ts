/** What `replay` and `fork` share: a run that is answered from a recording, and what is told of it. */
import type { RunnerOptions } from '../launch/runner.ts';
import type { Upstream } from '../proxy/upstream.ts';
import { Redactor } from '../sessions/redaction.ts';
import type { SessionReader } from '../sessions/session.ts';
import { summarise } from '../sessions/summary.ts';
import type { TapeReport } from '../tape/report.ts';
import type { RunResult } from '../tape/runner.ts';
import type { TapeOptions } from '../tape/tape.ts';
import type { Config } from './config.ts';
import { EXIT, shellCode } from './exit-codes.ts';
import { giveJson } from './json-output.ts';
import { missJson, printMisses, printToolMisses, toolMissJson } from './miss-report.ts';
import { Notices } from './notices.ts';
import { replayLine } from './replay-line.ts';
import { type RunOptions, runnerOptions } from './run-options.ts';
import type { Saved } from './saved.ts';
import { sessionJson } from './session-json.ts';
import { err } from './terminal.ts';
import { trafficOf } from './traffic.ts';
import { whatToRun } from './what-to-run.ts';

export interface RecordingOptions extends RunOptions {
  readonly allowLive?: boolean;
}

export interface RunFromRecording {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly notices: Notices;
  /** With `--allow-live`; its owner closes it. */
  readonly live: Upstream | undefined;
  readonly tape: Pick<TapeOptions, 'rules' | 'redact' | 'redactTool' | 'live'>;
  /** Without live answers nothing may reach a provider behind our back. */
  readonly runner: Omit<RunnerOptions, 'mode'>;
}

/** `given`: the command that was typed, empty for the recorded one. */
export function runFromRecording(
  source: SessionReader,
  given: readonly string[],
  options: RecordingOptions,
  config: Config,
): RunFromRecording {
  const { command, cwd } = whatToRun(source, given);
  const notices = new Notices();
  if (cwd.note) notices.add(cwd.note);
  const traffic = trafficOf(options, config, [source]);
  const live = options.allowLive ? traffic.upstream() : undefined;
  const redactor = new Redactor(config.redact);
  return {
    command,
    cwd: cwd.path,
    notices,
    live,
    tape: {
      rules: config.match,
      redact: request => redactor.request(request),
      redactTool: value => redactor.json(value),
      ...(live ? { live } : {}),
    },
    runner: {
      ...traffic.runner,
      ...runnerOptions(options),
      scope: source.start.scope,
      webSockets: live ? 'pass' : 'refuse',
      keysFor: live ? [] : [source],
      onNotice: message => notices.add(message),
    },
  };
}

export interface RecordingOutcome {
  readonly source: SessionReader;
  readonly result: RunResult;
  readonly report: TapeReport;
  readonly saved: Saved;
  /** By `--fail-fast`. */
  readonly stopped?: boolean;
  /** False where a fork did not come to its step. */
  readonly reached?: boolean;
}

/** Sets the exit code, tells what happened. `more`: what this command alone says in its JSON. */
export function tellRunFromRecording(
  { notices }: RunFromRecording,
  options: RecordingOptions,
  config: Config,
  { source, result, report, saved, stopped = false, reached = true }: RecordingOutcome,
  more: object,
): void {
  const { session, exitCode, exitSignal } = result;
  // Read by now: what is damaged has been found.
  for (const warning of source.warnings) notices.add(`the recording: ${warning}`);
  const code = shellCode(exitCode, exitSignal);
  const refused = session.webSockets.filter(({ passed }) => !passed).length;
  const unanswered = report.misses.length + report.tools.misses.length + refused;
  process.exitCode = unanswered > 0 || !reached ? EXIT.miss : code;
  if (!options.quiet) {
    notices.print();
    printMisses(report.misses);
    printToolMisses(report.tools.misses);
    err.line(replayLine({ report, saved, source, session, refused, exitCode: code, stopped }, err.colours));
  }
  giveJson(options, () => ({
    session: sessionJson(summarise(session, config.prices)),
    source: sessionJson(summarise(source, config.prices)),
    exitCode,
    exitSignal,
    answers: report.answers,
    misses: report.misses.map(missJson),
    neverAsked: report.neverAsked,
    tools: report.tools.answers,
    toolMisses: report.tools.misses.map(toolMissJson),
    saved,
    warnings: notices.list(),
    ...more,
  }));
}
