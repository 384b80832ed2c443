import type { PipeStock } from './named-pipe.ts';

/** How a process ended: one of the two is set. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A started agent, whatever its standard streams are connected to. */
export interface AgentProcess {
  readonly pid: number;
  /** Settles when the process itself has ended and its output has been passed on (see `drainMs` for what outlives it). */
  readonly ended: Promise<ProcessEnd>;
  /** Sends a signal to the agent: to its process group where it has one of its own, else to the process. */
  kill(signal: NodeJS.Signals): void;
  /** Streams that go past us because they are the user's terminal: they cannot be recorded. */
  readonly unrecorded: readonly ('stdout' | 'stderr')[];
  /** The agent has a terminal of its own, to which Ctrl-C and Ctrl-Z are passed as the keys they are. */
  readonly ownTerminal: boolean;
}

export interface StartOptions {
  /** Absolute path of the program. */
  readonly file: string;
  /** The program's arguments, its own name (argv[0]) first. */
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly pipes: PipeStock;
  /** Called in order for each stream, before the user sees the bytes. */
  readonly onOutput: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void;
}

/**
 * Output of processes that the agent left behind is passed on until none has come for this long, in milliseconds; what
 * the agent itself wrote is in the pipe by then.
 */
export const drainMs = 200;
/** And for no longer than this. */
export const longestDrainMs = 2_000;
