import type { SessionReader } from '../sessions/session.ts';
import type { Responder } from './responder.ts';

/** What to run, and how. */
export interface RunRequest {
  /** Program and its arguments; no shell. */
  readonly command: readonly string[];
  /**
   * Started in the command's place, with the command as its further arguments: a debugger that runs it itself. What the
   * session records, and what its environment is made for, is the command.
   */
  readonly via?: readonly string[];
  readonly cwd: string;
  /** On top of the runner's own environment; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly responder: Responder;
  /** `inherit`: the user's own terminal or pipes; `capture`: only recorded. */
  readonly stdio: 'inherit' | 'capture';
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Name and lineage of the session that this run makes. */
  readonly name?: string;
  readonly parent?: { readonly session: string; readonly step?: number };
}

export interface RunResult {
  readonly session: SessionReader;
  readonly exitCode: number | null;
  readonly exitSignal: NodeJS.Signals | null;
  readonly timedOut: boolean;
  readonly durationMs: number;
}

/** Runs an agent against a Responder and gives a session. */
export interface Runner {
  run(request: RunRequest): Promise<RunResult>;
}
