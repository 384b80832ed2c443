/** AWS event streams as lines that can be read and edited, and back; lengths and checksums are made when they are read. */
import {
  type EventStreamMessage,
  type EventStreamValue,
  encodeEventStreamMessage,
  parseEventStream,
} from '../wire/event-stream.ts';
import type { BodyLine, HeaderValueForm, MessageLine } from './cassette-format.ts';
import { asText, fromEntries, isRecord } from './cassette-parts.ts';
import { readStyled, styleOf, writeStyled } from './json-style.ts';

/** The member of Bedrock's invoke events that holds the model family's own event, as base64 of its JSON. */
const CODED = 'bytes';

/** Undefined where the body does not begin as an event stream does. What cannot be read behind it stays base64. */
export function messageLines(body: Buffer): BodyLine[] | undefined {
  const { messages, end } = parseEventStream(body);
  if (messages.length === 0) return undefined;
  const lines = messages.map((message): BodyLine => {
    const line = messageLine(message);
    const frame = body.subarray(message.start, message.end);
    return frame.equals(messageFromLine(line)) ? line : { base64: frame.toString('base64') };
  });
  return end < body.length ? [...lines, { base64: body.toString('base64', end) }] : lines;
}

/** Throws on a header that does not fit its type. */
export function messageFromLine(line: MessageLine): Uint8Array {
  return encodeEventStreamMessage({ headers: headersFrom(line.message), payload: payloadFrom(line) });
}

/** Ends of a stream's messages, ascending: what chunks are counted by. */
export function messageEnds(body: Buffer): readonly number[] {
  return parseEventStream(body).messages.map(({ end }) => end);
}

function messageLine({ headers, payload }: EventStreamMessage): MessageLine {
  return { message: headersForm(headers), ...payloadForm(Buffer.from(payload)) };
}

function payloadForm(payload: Buffer): Omit<MessageLine, 'message'> {
  if (payload.length === 0) return {};
  const text = asText(payload);
  if (text === undefined) return { base64: payload.toString('base64') };
  const styled = readStyled(text);
  if (!styled) return { text };
  const coded = isRecord(styled.value) ? styled.value[CODED] : undefined;
  const inner = typeof coded === 'string' ? readStyled(Buffer.from(coded, 'base64').toString()) : undefined;
  if (!inner) return { data: styled.value, ...styleOf(styled.style) };
  return {
    data: withMember(styled.value, CODED, inner.value),
    coded: { [CODED]: inner.style },
    ...styleOf(styled.style),
  };
}

function payloadFrom({ data, coded, text, base64, style = {} }: MessageLine): Buffer {
  if (base64 !== undefined) return Buffer.from(base64, 'base64');
  if (text !== undefined) return Buffer.from(text);
  if (data === undefined) return Buffer.alloc(0);
  const whole = Object.entries(coded ?? {}).reduce(
    (value, [name, inner]) =>
      isRecord(value) && Object.hasOwn(value, name)
        ? withMember(value, name, Buffer.from(writeStyled(value[name], inner)).toString('base64'))
        : value,
    data,
  );
  return Buffer.from(writeStyled(whole, style));
}

const withMember = (value: unknown, name: string, member: unknown): Record<string, unknown> =>
  fromEntries(Object.entries(value as object).map(([key, one]) => [key, key === name ? member : one]));

/** What Bedrock sends with every event but its type. */
const usualHeaders = (type: string): EventStreamMessage['headers'] =>
  Object.entries({
    ':event-type': type,
    ':content-type': 'application/json',
    ':message-type': 'event',
  }).map(([name, value]) => [name, { type: 'string', value }]);

function headersForm(headers: EventStreamMessage['headers']): MessageLine['message'] {
  const type = headers[0]?.[1];
  const list = headers.map(([name, value]) => [name, valueForm(value)] as const);
  if (type?.type !== 'string') return list;
  const usual = usualHeaders(type.value).map(([name, value]) => [name, valueForm(value)]);
  return JSON.stringify(usual) === JSON.stringify(list) ? type.value : list;
}

function headersFrom(form: MessageLine['message']): EventStreamMessage['headers'] {
  if (typeof form === 'string') return usualHeaders(form);
  return form.map(([name, value]) => [name, valueFrom(value)]);
}

function valueForm(header: EventStreamValue): HeaderValueForm {
  switch (header.type) {
    case 'string':
      return header.value;
    case 'binary':
      return { binary: Buffer.from(header.value).toString('base64') };
    case 'long':
    case 'timestamp':
      return { [header.type]: String(header.value) };
    default:
      return { [header.type]: header.value };
  }
}

function valueFrom(form: HeaderValueForm): EventStreamValue {
  if (typeof form === 'string') return { type: 'string', value: form };
  const [type, value] = Object.entries(form)[0] ?? [];
  switch (type) {
    case 'boolean':
      return { type, value: value === true };
    case 'byte':
    case 'short':
    case 'integer':
      return { type, value: Number(value) };
    case 'long':
    case 'timestamp':
      return { type, value: BigInt(String(value)) };
    case 'binary':
      return { type, value: Buffer.from(String(value), 'base64') };
    case 'uuid':
      return { type, value: String(value) };
    default:
      throw new Error(`a header of type ${JSON.stringify(type)}`);
  }
}
