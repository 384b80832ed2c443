import type { RawHeaders } from '../wire/headers.ts';

/** An answer ready to be sent. */
export interface Outcome {
  readonly status: number;
  readonly headers: RawHeaders;
  readonly contentType: string;
  /** Events of a stream, or the whole body as the only piece. */
  readonly pieces: readonly (string | Uint8Array)[];
  readonly stream: boolean;
}
