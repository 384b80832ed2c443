import { decodeBody } from '../wire/content-coding.ts';
import type { Answer, AnswerHead, WireRequest } from '../wire/exchange.ts';
import { header, type RawHeaders, withoutHeaders } from '../wire/headers.ts';
import type { Notes } from './foreign.ts';

export interface ForeignAnswer {
  readonly request: Pick<WireRequest, 'method'>;
  readonly head: AnswerHead;
  readonly body: Uint8Array;
  /** Milliseconds; 0 where the recording knows no times. */
  readonly headAt: number;
  readonly endAt: number;
}

/**
 * An answer whose head fits its body again. Recorders keep bodies decompressed under a `content-encoding` header that no
 * longer applies, edit bodies under an old `content-length`, and lose the framing of HTTP/2 answers; a client would hang
 * or fail on such an answer. Every change is noted.
 */
export function replayableAnswer(
  { request, head, body, headAt, endAt }: ForeignAnswer,
  notes: Notes,
): Answer {
  const bodyless =
    request.method === 'HEAD' || head.status === 204 || head.status === 304 || head.status < 200;
  const bytes = bodyless ? new Uint8Array() : body;
  const headers = bodyless ? head.headers : framed(uncoded(head.headers, bytes, notes), bytes, notes);
  return {
    head: { ...head, headers },
    headAt,
    chunks: bytes.length === 0 ? [] : [{ at: endAt, bytes }],
    end: { kind: 'complete', at: endAt, trailers: [] },
  };
}

function uncoded(headers: RawHeaders, body: Uint8Array, notes: Notes): RawHeaders {
  const coding = header(headers, 'content-encoding');
  if (coding === undefined || body.length === 0) return headers;
  const { decoded, problem } = decodeBody(body, coding);
  if (decoded && problem) notes.add(`an answer's ${coding} body is cut; kept as it is`);
  if (decoded || !problem) return headers;
  notes.add('content-encoding removed: the body is stored decoded');
  return withoutHeaders(headers, new Set(['content-encoding']));
}

function framed(headers: RawHeaders, body: Uint8Array, notes: Notes): RawHeaders {
  const chunked = /\bchunked\b/i.test(header(headers, 'transfer-encoding') ?? '');
  const length = header(headers, 'content-length');
  // RFC 9112, 6.3: chunked overrides a length.
  if (chunked) return length === undefined ? headers : withoutHeaders(headers, new Set(['content-length']));
  const right = String(body.length);
  if (length === right) return headers;
  if (length !== undefined) notes.add('content-length corrected: it did not fit the stored body');
  const stream = /event-?stream|ndjson/i.test(header(headers, 'content-type') ?? '');
  const rest = withoutHeaders(headers, new Set(['content-length', 'transfer-encoding']));
  return [
    ...rest,
    stream && length === undefined ? ['transfer-encoding', 'chunked'] : ['content-length', right],
  ];
}
