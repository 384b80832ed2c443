import type { SessionReader } from '../sessions/session.ts';
import type { Fork } from '../tape/fork.ts';
import type { LiveRecording } from './live-recording.ts';
import type { Recording } from './recording.ts';
import type { HasFile } from './sources.ts';
import type { Tasks } from './tasks.ts';

/** Opens what is walked; `onGrown` tells that there is more of it. Throws RewindError `no-calls`. */
export type OpenRecording = (
  tasks: Tasks,
  onGrown: () => void,
  onOutput: () => void,
) => Recording | LiveRecording;

/** Why a run went another way than another one. */
export interface Why {
  /** A few lines. */
  readonly text: string;
  /** Id of the session that it was compared with. */
  readonly good: string;
}

/** What a walk is given of the adapter's hands. */
export interface WalkHands {
  readonly hasFile: HasFile;
  readonly onFault?: (fault: unknown) => void;
  readonly why?: (session: SessionReader, other: string | null) => Why;
  readonly exportSession?: (session: SessionReader, file: string | null) => string;
}

export interface WalkOptions extends ForkOptions {
  readonly hands: WalkHands;
  readonly stopOnEntry: boolean;
  readonly stopAt: number | null;
  /** Stop first at the last step there is: of a run that is joined while it goes on. */
  readonly atEdge: boolean;
  /** There is nothing to walk, and nothing will come. */
  readonly onEmpty: () => void;
}

export interface ForkOptions {
  /** Runs the agent anew, as a fork; null where this session has none that can be run. */
  readonly fork: ((fork: Fork) => Promise<OpenRecording>) | null;
  /** What a fork does with a request that was never recorded: true where the provider is asked. */
  readonly goesLive: boolean;
  /** The recording that a replay follows. */
  readonly followed: () => SessionReader | null;
}
