import type { SessionReader } from '../sessions/session.ts';
import type { Exchange } from '../wire/exchange.ts';

/** A run that goes on while it is walked, as a `LiveRecording` asks for it. */
export interface LiveRun {
  readonly hasEnded: boolean;
  /** Its session as it stands on disk. */
  read(): SessionReader;
  /** The exchanges of `session` that are new since the last time, in the order in which they were asked for. */
  take(session: SessionReader): readonly Exchange[];
  /** Resolves once there is something to take, or at its end. */
  next(): Promise<void>;
  /** Of a fork: `seq` of the request at which it left the recording; null until then. */
  reached(): number | null;
  /** Leaves it; resolves once nothing of ours runs any more. */
  stop(): Promise<void>;
}
