import type { SessionReader } from '../sessions/session.ts';
import type { Responder } from './responder.ts';

/** What to run, and how. */
export interface RunRequest {
  /** Program and its arguments; no shell. */
  readonly command: readonly string[];
  /**
   * Started in the command's place, with the command as its further arguments (the program as a path): a debugger that
   * runs it itself. What the session records, and what its environment is made for, is the command.
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
  /** Gives sessions that the agent's code names their own recordings; without it they are part of the run's. */
  readonly named?: NamedResponder;
}

/** What answers the session `name` of the agent's code, at its `nth` beginning in this run (from 0). */
export type NamedResponder = (name: string, nth: number) => Responder;

export interface RunResult {
  readonly session: SessionReader;
  /** Sessions that the agent's code named, where `RunRequest.named` is given. */
  readonly named: readonly SessionReader[];
  readonly exitCode: number | null;
  readonly exitSignal: NodeJS.Signals | null;
  readonly timedOut: boolean;
  readonly durationMs: number;
}

/** Runs an agent against a Responder and gives a session. */
export interface Runner {
  run(request: RunRequest): Promise<RunResult>;
  /** Absent where processes cannot be kept. */
  keep?(request: KeepRequest): Promise<KeptAgent>;
}

/** A run whose process is kept as it stands at some of its calls, so that others start from there. */
export interface KeepRequest extends RunRequest {
  /** Whether to keep it before the request that follows `asked` others. */
  wanted(asked: number): boolean;
  /** The process stands still meanwhile: for whoever keeps its files. */
  onPoint(asked: number): Promise<void>;
}

/** Close it: its processes wait until then. Its runs take turns. */
export interface KeptAgent {
  /** The run that was kept. */
  readonly result: RunResult;
  /** Where it is kept: by number of requests before, ascending. None where its runtime or its state does not allow it. */
  readonly points: readonly number[];
  /** Why it is not kept at other calls, in words. */
  readonly unsound: ReadonlySet<string>;
  /**
   * A run that starts from a point of `points`. Its session has all that came before too: `request.responder` is asked it
   * all again. `request` must be what was kept, in the same folder, which holds what it held then.
   */
  run(asked: number, request: RunRequest): Promise<RunResult>;
  close(): Promise<void>;
}
