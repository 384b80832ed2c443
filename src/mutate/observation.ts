import type { RunResult } from '../tape/runner.ts';
import { type Effect, effectsOf } from './effects.ts';
import { traceOf } from './trace.ts';

/** What one run did, as far as it can be seen from outside. */
export interface Observation {
  readonly session: string;
  readonly exitCode: number | null;
  readonly exitSignal: string | null;
  readonly timedOut: boolean;
  readonly durationMs: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly effects: readonly Effect[];
  /** Path to content hash. */
  readonly files: ReadonlyMap<string, string>;
  readonly requests: number;
  /** Requests by what they are: method, host, path and, of a call to a model, its instructions; in order. */
  readonly trace: readonly string[];
  /** What the user's own oracle said; absent without one. */
  readonly oracle?: OracleResult;
}

export interface OracleResult {
  readonly passed: boolean;
  /** It could not judge (exit code 125, as for git bisect). */
  readonly skipped: boolean;
  /** Its last words, for the report. */
  readonly said: string;
}

/** The user's own test, run in the mutant's workspace. */
export type Oracle = (run: {
  readonly cwd: string;
  readonly result: RunResult;
  readonly stdout: string;
}) => Promise<OracleResult>;

export function observe(
  { session, exitCode, exitSignal, timedOut, durationMs }: RunResult,
  files: ReadonlyMap<string, string>,
  cwd: string,
  oracle?: OracleResult,
): Observation {
  const text = (wanted: 'stdout' | 'stderr'): string => {
    const bytes = session.output.filter(({ stream }) => stream === wanted).map(piece => piece.bytes);
    return Buffer.concat(bytes).toString('utf8').replaceAll(cwd, '<cwd>');
  };
  return {
    session: session.start.id,
    exitCode,
    exitSignal,
    timedOut,
    durationMs,
    stdout: text('stdout'),
    stderr: text('stderr'),
    effects: effectsOf(session),
    files,
    requests: session.length,
    trace: traceOf(session),
    ...(oracle ? { oracle } : {}),
  };
}
