/** Answer bodies as lines that can be read, and back. */
import type { BodyLine } from './cassette-format.ts';
import { messageFromLine, messageLines } from './cassette-messages.ts';
import { asText, fromEntries, isRecord } from './cassette-parts.ts';
import { type JsonStyle, readStyled, type StyledJson, styleOf, writeStyled } from './json-style.ts';

export function answerLines(body: Buffer): BodyLine[] {
  if (body.length === 0) return [];
  const messages = messageLines(body);
  if (messages) return messages;
  const text = asText(body);
  if (text === undefined) return [{ base64: body.toString('base64') }];
  const whole = readStyled(text);
  if (whole) return [{ json: whole.value, ...styleOf(whole.style) }];
  if (!text.includes('\n')) return [{ text }];
  return eventLines(text);
}

interface Event {
  readonly text: string;
  readonly event?: string;
  readonly data?: StyledJson;
  readonly crlf?: boolean;
}

function eventLines(text: string): BodyLine[] {
  const events = text.match(/[\s\S]+?(?:\n\n|\r\n\r\n|$)/g)?.map(readEvent) ?? [];
  const each = commonOf(events);
  const lines: BodyLine[] = each ? [{ each: each.value, ...styleOf(each.style) }] : [];
  for (const { text: raw, event, data, crlf } of events) {
    if (!data) lines.push({ text: raw });
    else {
      const style = sameStyle(data.style, each?.style ?? {}) ? {} : { style: data.style };
      const alike = each !== undefined && keysOf(data.value) === keysOf(each.value);
      lines.push({
        ...(event !== undefined && { event }),
        data: alike ? without(data.value, each.value) : data.value,
        ...(each && !alike && { alone: true }),
        ...(crlf && { crlf: true }),
        ...style,
      });
    }
  }
  return joinTexts(lines);
}

/** An event of exactly `event: …` (or not), `data: …` and a blank line; else text alone. */
function readEvent(text: string): Event {
  const crlf = text.endsWith('\r\n\r\n');
  const lines = crlf ? text.replaceAll('\r\n', '\n') : text;
  const [, event, json] = /^(?:event: ([^\r\n]*)\n)?data: ([^\r\n]*)\n\n$/.exec(lines) ?? [];
  if (crlf && text.length - lines.length !== (event === undefined ? 2 : 3)) return { text };
  const data = json === undefined ? undefined : readStyled(json);
  if (!data || !isRecord(data.value)) return { text };
  return { text, data, crlf, ...(event !== undefined && { event }) };
}

/** What most events of a stream repeat: `id`, `created`, `model`. For the events with the commonest keys, in their order. */
function commonOf(
  events: readonly Event[],
): { value: Record<string, unknown>; style: JsonStyle } | undefined {
  const data = events.flatMap(event => (event.data ? [event.data] : []));
  if (data.length < 3) return undefined;
  const shape = commonest(data.map(({ value }) => keysOf(value)));
  const alike = data.filter(({ value }) => keysOf(value) === shape);
  if (alike.length < 3) return undefined;
  const value = fromEntries(
    Object.keys(alike[0]!.value as object).map(key => {
      const texts = alike.map(one => JSON.stringify((one.value as Record<string, unknown>)[key]));
      const most = commonest(texts);
      const shared = texts.filter(text => text === most).length * 2 > texts.length;
      return [key, shared ? JSON.parse(most) : null];
    }),
  );
  const style = JSON.parse(commonest(alike.map(one => JSON.stringify(one.style)))) as JsonStyle;
  return { value, style };
}

const keysOf = (value: unknown): string => JSON.stringify(Object.keys(value as object));

function commonest(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  let best = texts[0]!;
  for (const [text, count] of counts) if (count > counts.get(best)!) best = text;
  return best;
}

function without(value: unknown, each: Readonly<Record<string, unknown>> | undefined): unknown {
  if (!each || !isRecord(value)) return value;
  return fromEntries(
    Object.entries(value).filter(([key, one]) => JSON.stringify(one) !== JSON.stringify(each[key])),
  );
}

/** Neighbouring pieces of text as one line: one that no reader can split in the same way would not come back the same. */
function joinTexts(lines: readonly BodyLine[]): BodyLine[] {
  const joined: BodyLine[] = [];
  for (const line of lines) {
    const last = joined.at(-1);
    if (last && 'text' in last && 'text' in line) joined[joined.length - 1] = { text: last.text + line.text };
    else joined.push(line);
  }
  return joined;
}

/** The bytes of an answer's lines. Throws on lines that are not of the format. */
export function answerFromLines(lines: readonly BodyLine[]): Buffer {
  let each: Readonly<Record<string, unknown>> | undefined;
  let style: JsonStyle = {};
  return Buffer.concat(
    lines.map(line => {
      if ('message' in line) return messageFromLine(line);
      if ('each' in line) {
        each = line.each;
        style = line.style ?? {};
        return Buffer.alloc(0);
      }
      if ('data' in line) {
        const data = each && !line.alone && isRecord(line.data) ? withCommon(line.data, each) : line.data;
        const end = line.crlf ? '\r\n' : '\n';
        const name = line.event === undefined ? '' : `event: ${line.event}${end}`;
        return Buffer.from(`${name}data: ${writeStyled(data, line.style ?? style)}${end}${end}`);
      }
      if ('json' in line) return Buffer.from(writeStyled(line.json, line.style ?? {}));
      return 'text' in line ? Buffer.from(line.text) : Buffer.from(line.base64, 'base64');
    }),
  );
}

function withCommon(
  data: Readonly<Record<string, unknown>>,
  each: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return fromEntries(
    Object.entries(each).map(([key, value]) => [key, Object.hasOwn(data, key) ? data[key] : value]),
  );
}

const sameStyle = (a: JsonStyle, b: JsonStyle): boolean => JSON.stringify(a) === JSON.stringify(b);
