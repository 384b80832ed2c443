import type { RawHeaders } from './headers.ts';

/** The head of an HTTP request, as the agent meant it: proxy form and our private headers are gone. */
export interface RequestHead {
  readonly method: string;
  readonly scheme: 'http' | 'https';
  /** `host` or `host:port`; the port is left out where it is the scheme's own. Lower case. */
  readonly host: string;
  /** Path and query, as sent, beginning with `/`. */
  readonly path: string;
  readonly httpVersion: '1.0' | '1.1' | '2';
  readonly headers: RawHeaders;
}

/** A whole request. `body` is the bytes after transfer coding and before content coding is undone. */
export interface WireRequest extends RequestHead {
  readonly body: Uint8Array;
}

export interface AnswerHead {
  readonly status: number;
  /** The reason phrase, as sent; may be empty (always so for HTTP/2). */
  readonly reason: string;
  readonly headers: RawHeaders;
}

/** A run of body bytes as it arrived. `at`: milliseconds since the request's head arrived at the proxy. */
export interface Chunk {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/**
 * How an answer ended.
 * - `complete`: the last byte and the proper end arrived.
 * - `reset`: the upstream reset the connection (RST); `message` is the socket error's.
 * - `closed`: the upstream closed it (FIN) before the proper end.
 * - `client-gone`: the agent hung up first.
 * - `unfinished`: the recorder died; found while reading a log, never written.
 */
export type AnswerEnd =
  | { readonly kind: 'complete'; readonly at: number; readonly trailers: RawHeaders }
  | { readonly kind: 'reset' | 'closed'; readonly at: number; readonly message: string }
  | { readonly kind: 'client-gone'; readonly at: number }
  | { readonly kind: 'unfinished' };

export interface Answer {
  /** Absent where the connection broke before a head came. */
  readonly head?: AnswerHead;
  /** Milliseconds from the request's head to the answer's head. */
  readonly headAt?: number;
  readonly chunks: readonly Chunk[];
  readonly end: AnswerEnd;
}

/** One HTTP request and its answer: the only truth in Rewind. */
export interface Exchange {
  /** Order of arrival of the request's head within the session, from 0. */
  readonly seq: number;
  /** Milliseconds since the session's start at which the request's head arrived. */
  readonly at: number;
  readonly request: WireRequest;
  readonly answer: Answer;
  /** The call-site hook's header as sent by the agent's process, undecoded; absent without a hook. */
  readonly site?: string;
  /** How a tape answered it; absent where it was answered by the real upstream. */
  readonly label?: AnswerLabel;
}

/** The rung of the answer ladder that gave an answer (DESIGN, "Answer ladder of a tape"). */
export type AnswerLabel =
  | 'EXACT'
  | 'RETRY'
  | 'CARRIED'
  | 'MEMO'
  | 'LIVE'
  | 'MISS'
  | 'LOOSE'
  | 'EDITED'
  | 'FAULT';

/** The whole answer body, chunks joined. */
export function answerBody(answer: Answer): Uint8Array {
  const [only] = answer.chunks;
  if (answer.chunks.length === 1 && only) return only.bytes;
  return Buffer.concat(answer.chunks.map(chunk => chunk.bytes));
}
