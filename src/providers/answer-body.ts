import { RewindError } from '../errors.ts';
import { decodeBody } from '../wire/content-coding.ts';
import { parseEventStream, stringHeader } from '../wire/event-stream.ts';
import type { Answer } from '../wire/exchange.ts';
import { answerBody } from '../wire/exchange.ts';
import { header, type RawHeaders } from '../wire/headers.ts';
import { asString, isObject, type Json, type JsonObject, parseJson, utf8Text } from '../wire/json.ts';
import { jsonArrayElements } from '../wire/json-parts.ts';
import { parseNdjson } from '../wire/ndjson.ts';
import { parseSse } from '../wire/sse.ts';

/** One JSON value of an answer, and the name its framing gave it (`event:`, `:event-type`, `:exception-type`). */
export interface Framed {
  readonly event?: string;
  readonly exception?: true;
  readonly value: Json;
}

/** An answer's body, unframed. */
export interface AnswerBody {
  readonly framing: 'none' | 'json' | 'json-array' | 'sse' | 'ndjson' | 'event-stream' | 'text';
  readonly values: readonly Framed[];
  /** The body as text where it is none of the framings. */
  readonly text: string;
  /** Header lines of the answer: some vendors count tokens there. */
  readonly headers: RawHeaders;
  /** Parts that could not be read, in words. */
  readonly problems: readonly string[];
}

type Unframed = Omit<AnswerBody, 'headers'>;

const NOTHING: Unframed = { framing: 'none', values: [], text: '', problems: [] };

/** Whether an answer came in pieces; a dialect's streamed and whole values differ. */
export function isStreamed(body: AnswerBody): boolean {
  return body.framing !== 'json' && body.framing !== 'none' && body.framing !== 'text';
}

/** The values that are objects: all that dialects look at. */
export function objects(body: AnswerBody): readonly JsonObject[] {
  return body.values.map(({ value }) => value).filter(isObject);
}

/** Decodes and unframes; the bytes decide, since recorded headers are often wrong. Never throws. */
export function readAnswerBody(answer: Answer): AnswerBody {
  const headers = answer.head?.headers ?? [];
  const plain = plainBody(answerBody(answer), header(headers, 'content-encoding'));
  const body = { ...unframe(plain.bytes, header(headers, 'content-type') ?? ''), headers };
  // A coding's problem counts only where the bytes make no sense as they are.
  const unread = body.framing === 'text' || body.problems.length > 0;
  return plain.problem && unread ? { ...body, problems: [plain.problem, ...body.problems] } : body;
}

/** `decodeBody` with its one error as a problem. */
export function plainBody(
  bytes: Uint8Array,
  coding: string | undefined,
): { bytes: Uint8Array; problem?: string } {
  try {
    return decodeBody(bytes, coding);
  } catch (error) {
    if (error instanceof RewindError) return { bytes: new Uint8Array(), problem: error.message };
    throw error;
  }
}

function unframe(bytes: Uint8Array, contentType: string): Unframed {
  if (bytes.length === 0) return NOTHING;
  if (bytes[0] === 0 || /eventstream/i.test(contentType)) {
    const read = parseEventStream(bytes);
    if (read.messages.length > 0) return eventStreamBody(read);
    const decoded = parseEventStream(fromBase64(bytes));
    if (decoded.messages.length > 0) return eventStreamBody(decoded);
  }
  const text = utf8Text(bytes);
  const start = /[^\s\ufeff]/.exec(text.slice(0, 4096))?.[0];
  if (start === '{' || start === '[') return jsonBody(bytes, text, start);
  if (/^\ufeff?\s*(?::|(?:data|event|id|retry)(?::|\r|\n|$))/.test(text.slice(0, 4096)))
    return sseBody(bytes);
  if (start === undefined) return NOTHING;
  const json = parseJson(text);
  if (json.ok) return { ...NOTHING, framing: 'json', values: [{ value: json.value }] };
  return { ...NOTHING, framing: 'text', text };
}

/**
 * Recorders that keep bodies as text keep an event stream in base64. No real one can look like that: a message's length
 * would be a gigabyte. Empty where it is none.
 */
function fromBase64(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1').trim();
  return /^AAA[A-Za-z0-9+/\s]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : new Uint8Array();
}

function eventStreamBody(read: ReturnType<typeof parseEventStream>): Unframed {
  const problems = read.problem ? [read.problem] : [];
  const values = read.messages.flatMap((message): Framed[] => {
    const exception = stringHeader(message, ':exception-type') ?? stringHeader(message, ':error-code');
    const event = exception ?? stringHeader(message, ':event-type');
    const json = parseJson(message.payload);
    if (!json.ok && message.payload.length > 0 && !exception) problems.push(`an event is ${json.problem}`);
    const value: Json = json.ok
      ? json.value
      : { message: stringHeader(message, ':error-message') ?? utf8Text(message.payload) };
    return [{ value, ...(event === undefined ? {} : { event }), ...(exception ? { exception: true } : {}) }];
  });
  return { framing: 'event-stream', values, text: '', problems };
}

function jsonBody(bytes: Uint8Array, text: string, start: string): Unframed {
  const json = parseJson(text);
  if (json.ok) {
    if (!Array.isArray(json.value)) return { ...NOTHING, framing: 'json', values: [{ value: json.value }] };
    return { ...NOTHING, framing: 'json-array', values: json.value.map((value: Json) => ({ value })) };
  }
  if (start === '[') {
    const pieces = jsonArrayElements(bytes).map(({ start, end }) => parseJson(bytes.subarray(start, end)));
    const values = pieces.flatMap(piece => (piece.ok ? [{ value: piece.value }] : []));
    return { ...NOTHING, framing: 'json-array', values, problems: ['a JSON array cut before its end'] };
  }
  const lines = parseNdjson(bytes);
  const read = lines.map(line => parseJson(line.text));
  const good = read.flatMap(line => (line.ok ? [{ value: line.value }] : []));
  if (good.length === 0)
    return { ...NOTHING, framing: 'text', text, problems: [`the answer is ${json.problem}`] };
  const bad = read.length - good.length;
  return {
    ...NOTHING,
    framing: 'ndjson',
    values: good,
    problems: bad > 0 ? [`${bad} lines are not JSON`] : [],
  };
}

function sseBody(bytes: Uint8Array): Unframed {
  const problems: string[] = [];
  const values: Framed[] = [];
  for (const { event, data, terminated } of parseSse(bytes)) {
    const trimmed = data.trim();
    if (trimmed === '' || trimmed === '[DONE]') continue;
    const json = parseJson(data);
    if (json.ok) values.push({ value: json.value, ...(event === undefined ? {} : { event }) });
    else if (!terminated) problems.push('the stream ends inside an event');
    else if (event === 'error') values.push({ value: { error: { message: asString(data) ?? '' } }, event });
    else problems.push(`an event is ${json.problem}`);
  }
  return { framing: 'sse', values, text: '', problems };
}
