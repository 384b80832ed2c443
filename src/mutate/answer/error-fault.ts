import { withPieces } from '../../providers/editing/editable-answer.ts';
import { type ErrorKind, errorAnswer } from '../../providers/error-bodies.ts';
import type { Answer } from '../../wire/exchange.ts';
import { header } from '../../wire/headers.ts';
import type { Json } from '../../wire/json.ts';
import type { Fault, Target } from '../operator.ts';

/** The vendor's own error for a recorded call. Clients are told to retry at once, so that runs are fast. */
export function errorOf(
  { call, body: recorded }: Target,
  kind: ErrorKind,
  retryAfterSeconds = 0.001,
): Answer | null {
  if (!call) return null;
  const { status, reason, headers, body } = errorAnswer(call.dialect, kind, {
    provider: call.provider,
    ...(call.requestModel === null ? {} : { model: call.requestModel }),
    retryAfterSeconds,
    jsonArrayStream: recorded?.framing === 'json-array',
  });
  // Gemini blocks with an ordinary answer, which a stream gives as an event.
  if (status === 200 && recorded?.streamed) return withPieces(recorded, [{ value: jsonOf(body) }]);
  const quick = retryAfterSeconds < 1 && (status === 429 || status >= 500);
  // Python's client of OpenAI wants more than nothing.
  const told =
    quick && header(headers, 'retry-after-ms') === undefined ? [['retry-after-ms', '1'] as const] : [];
  return whole({ status, reason, headers: [...headers, ...told] }, body);
}

const jsonOf = (body: Uint8Array): Json => JSON.parse(Buffer.from(body).toString('utf8')) as Json;

/** An operator's one fault: the vendor's error in place of the answer. */
export function errorFault(target: Target, kind: ErrorKind, times: Fault['times']): readonly Fault[] {
  const answer = errorOf(target, kind);
  if (!answer) return [];
  return [
    { answer, times, lost: true, detail: `HTTP ${answer.head?.status} ${kind} in place of the answer` },
  ];
}

/** A whole answer of one chunk. */
export function whole(head: NonNullable<Answer['head']>, body: Uint8Array): Answer {
  return {
    head,
    headAt: 0,
    chunks: body.length === 0 ? [] : [{ at: 0, bytes: body }],
    end: { kind: 'complete', at: 0, trailers: [] },
  };
}
