import type { RawHeaders } from '../wire/headers.ts';
import type { Behaviour, Fault } from './behaviour.ts';

/** An answer ready to be sent. */
export interface Outcome {
  readonly status: number;
  readonly headers: RawHeaders;
  readonly contentType: string;
  /** Events of a stream, or the whole body as the only piece. */
  readonly pieces: readonly (string | Uint8Array)[];
  readonly stream: boolean;
  /** The script's own, in place of the behaviour's. */
  readonly fault?: Fault;
  readonly encoding?: Behaviour['encoding'];
}
