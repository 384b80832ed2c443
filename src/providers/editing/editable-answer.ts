import { decodeBody } from '../../wire/content-coding.ts';
import { encodeEventStreamMessage, parseEventStream, stringHeader } from '../../wire/event-stream.ts';
import { type Answer, type AnswerEnd, answerBody } from '../../wire/exchange.ts';
import { header } from '../../wire/headers.ts';
import { asObject, asString, isObject, type Json, parseJson } from '../../wire/json.ts';
import { jsonArrayElements } from '../../wire/json-parts.ts';
import { parseSse } from '../../wire/sse.ts';

/** One JSON value of an answer with the bytes that carry it. */
export interface Piece {
  /** As recorded; absent for a piece that was edited or made. */
  readonly bytes?: Uint8Array;
  /** `event:` of SSE, `:event-type` of an AWS event stream. */
  readonly event?: string;
  /** Undefined for a piece that is no JSON, such as `[DONE]`. */
  readonly value?: Json;
}

/** `wrapped-event-stream`: Bedrock's InvokeModelWithResponseStream, whose events hold the model family's own, base64-encoded. */
export type Framing = 'json' | 'sse' | 'event-stream' | 'wrapped-event-stream' | 'json-array';

/** A recorded answer, cut at the seams of its framing. Untouched pieces keep their bytes when it is joined again. */
export interface EditableAnswer {
  readonly answer: Answer;
  readonly framing: Framing;
  readonly streamed: boolean;
  readonly pieces: readonly Piece[];
}

/** Null for what is no whole, good, readable answer. */
export function editableAnswer(answer: Answer): EditableAnswer | null {
  const { head, end } = answer;
  if (!head || head.status >= 300 || end.kind !== 'complete') return null;
  const { bytes, problem } = decodeBody(answerBody(answer), header(head.headers, 'content-encoding'));
  if (problem || bytes.length === 0) return null;
  const type = header(head.headers, 'content-type') ?? '';
  if (/eventstream/i.test(type)) return eventStream(answer, bytes);
  if (/event-stream/i.test(type)) return sse(answer, bytes);
  const json = parseJson(bytes);
  if (!json.ok) return null;
  if (!Array.isArray(json.value)) {
    return { answer, framing: 'json', streamed: false, pieces: [{ bytes, value: json.value }] };
  }
  const pieces = jsonArrayElements(bytes).map(({ start, end }) => pieceOf(bytes.subarray(start, end)));
  return { answer, framing: 'json-array', streamed: true, pieces };
}

function pieceOf(bytes: Uint8Array, text: Uint8Array | string = bytes, event?: string): Piece {
  const json = parseJson(text);
  return { bytes, ...(event === undefined ? {} : { event }), ...(json.ok ? { value: json.value } : {}) };
}

function sse(answer: Answer, bytes: Uint8Array): EditableAnswer {
  const events = parseSse(bytes);
  // Comments and blank lines between events go with the event behind them.
  const pieces = events.map(({ data, event, end }, i) =>
    pieceOf(bytes.subarray(events[i - 1]?.end ?? 0, end), data, event),
  );
  return { answer, framing: 'sse', streamed: true, pieces };
}

function eventStream(answer: Answer, bytes: Uint8Array): EditableAnswer | null {
  const { messages, problem } = parseEventStream(bytes);
  if (problem) return null;
  const pieces = messages.map(message =>
    pieceOf(
      bytes.subarray(message.start, message.end),
      message.payload,
      stringHeader(message, ':event-type'),
    ),
  );
  const within = pieces.map(unwrapped);
  if (within.length > 0 && within.every(piece => piece !== null)) {
    return { answer, framing: 'wrapped-event-stream', streamed: true, pieces: within };
  }
  return { answer, framing: 'event-stream', streamed: true, pieces };
}

/** Claude's events say their type themselves, Nova's are the only member of an object. Null for an event that holds no other. */
function unwrapped({ bytes, value }: Piece): Piece | null {
  const wrapped = asString(asObject(value).bytes);
  const json = wrapped === undefined ? null : parseJson(Buffer.from(wrapped, 'base64'));
  if (!bytes || !json?.ok) return null;
  const inner = asObject(json.value);
  const [name, member] = Object.entries(inner)[0] ?? [];
  if (name !== undefined && inner.type === undefined && isObject(member)) {
    return { bytes, event: name, value: member };
  }
  return { bytes, value: inner };
}

function wrapped(event: string | undefined, value: Json | undefined): Piece {
  const inner = event === undefined || asObject(value).type === event ? value : { [event]: value ?? null };
  return { event: 'chunk', value: { bytes: Buffer.from(JSON.stringify(inner)).toString('base64') } };
}

/** The bytes of one piece; an edited one framed as its neighbours are. */
export function pieceBytes(framing: Framing, { bytes, event, value }: Piece): Uint8Array {
  if (bytes) return bytes;
  if (framing === 'wrapped-event-stream') return pieceBytes('event-stream', wrapped(event, value));
  const json = JSON.stringify(value);
  if (framing === 'event-stream') {
    return encodeEventStreamMessage({
      headers: [
        [':event-type', { type: 'string', value: event ?? 'chunk' }],
        [':content-type', { type: 'string', value: 'application/json' }],
        [':message-type', { type: 'string', value: 'event' }],
      ],
      payload: Buffer.from(json),
    });
  }
  if (framing !== 'sse') return Buffer.from(json);
  return Buffer.from(`${event === undefined ? '' : `event: ${event}\n`}data: ${json}\n\n`);
}

/** The answer with other pieces: head and end as recorded, length and coding mended. */
export function withPieces(body: EditableAnswer, pieces: readonly Piece[]): Answer {
  return withBytes(body, framed(body.framing, pieces));
}

function framed(framing: Framing, pieces: readonly Piece[]): readonly Uint8Array[] {
  const bytes = pieces.map(piece => pieceBytes(framing, piece));
  if (framing !== 'json-array') return bytes;
  return [
    Buffer.from('['),
    ...bytes.flatMap((one, i) => (i === 0 ? [one] : [Buffer.from(',\r\n'), one])),
    Buffer.from(']'),
  ];
}

/** The answer's head with other bytes behind it, ended properly or as `end` says. */
export function withBytes(
  { answer, streamed }: Pick<EditableAnswer, 'answer' | 'streamed'>,
  chunks: readonly Uint8Array[],
  end: AnswerEnd = { kind: 'complete', at: 0, trailers: [] },
): Answer {
  const head = answer.head!;
  const length = chunks.reduce((sum, { length }) => sum + length, 0);
  const headers = head.headers.flatMap(([name, value]): [string, string][] => {
    const key = name.toLowerCase();
    if (key === 'content-encoding') return [];
    if (key !== 'content-length') return [[name, value]];
    // A stream has no length; of an answer that breaks off, the recorded length is what shows that it broke.
    if (streamed) return [];
    return [[name, end.kind === 'complete' ? String(length) : value]];
  });
  return {
    head: { ...head, headers },
    headAt: 0,
    chunks: chunks.filter(({ length }) => length > 0).map(bytes => ({ at: 0, bytes })),
    end,
  };
}
