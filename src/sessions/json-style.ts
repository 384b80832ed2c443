import { closingQuote, MAX_JSON_DEPTH, parseJson } from '../wire/json.ts';

/**
 * How a piece of JSON is written, apart from what it says: enough of it that the vendors' bytes can be made again from the
 * plain value, so that a cassette can show the value.
 */
export interface JsonStyle {
  /** What stands behind a colon and behind a comma, and the indentation of pretty-printed text. */
  readonly colon?: ' ';
  readonly comma?: ' ';
  readonly indent?: number;
  /** `ascii`: all else as \uXXXX (Python); `html`: <, > and & so (Go). */
  readonly escape?: 'ascii' | 'html';
  /** Spaces before the last bracket: Anthropic's padding. */
  readonly pad?: number;
  /** White space behind the value. */
  readonly tail?: string;
  /** Numbers that JavaScript writes otherwise (`1.0`, `1e-05`), by their place among the numbers. */
  readonly numbers?: readonly (readonly [index: number, written: string])[];
}

export interface StyledJson {
  readonly value: unknown;
  readonly style: JsonStyle;
}

/** A line of a cassette puts so much around a value; it is read under the limit for all JSON. */
const DEPTH_OF_LINES = 16;

/** The value and style that give exactly `text` again; undefined where there are none. */
export function readStyled(text: string): StyledJson | undefined {
  if (!/^[[{]/.test(text)) return undefined;
  const read = parseJson(text, MAX_JSON_DEPTH - DEPTH_OF_LINES);
  if (!read.ok) return undefined;
  const { value } = read;
  const numbers = oddNumbers(text);
  for (const style of candidates(text)) {
    const whole = numbers.length > 0 ? { ...style, numbers } : style;
    if (writeStyled(value, whole) === text) return { value, style: whole };
  }
  return undefined;
}

export function writeStyled(value: unknown, style: JsonStyle): string {
  const plain = !style.colon && !style.comma;
  const json = plain || style.indent ? JSON.stringify(value, null, style.indent) : spaced(value, style);
  const written = escaped(style.numbers ? withNumbers(json, style.numbers) : json, style.escape);
  const padded = style.pad ? `${written.slice(0, -1)}${' '.repeat(style.pad)}${written.slice(-1)}` : written;
  return padded + (style.tail ?? '');
}

/** As a field of a line: nothing where it is the plain style. */
export const styleOf = (style: JsonStyle): { readonly style?: JsonStyle } =>
  Object.keys(style).length > 0 ? { style } : {};

/** Styles to try. A text inside a value may look like a separator: so the plain ones come behind the first guess. */
function* candidates(text: string): Generator<JsonStyle> {
  // No pattern looks for white space at the end: in a long run inside a text that takes quadratic time.
  const end = text.trimEnd().length;
  const tail = text.slice(end);
  const indent = /^[[{]\n( +)/.exec(text)?.[1]?.length;
  const pad = indent ? 0 : spacesBefore(text, end - 1);
  const rest: JsonStyle = { ...(indent && { indent }), ...(pad && { pad }), ...(tail && { tail }) };
  const colon = { colon: ' ' } as const;
  const both = { colon: ' ', comma: ' ' } as const;
  const key = /^[[{]+(?=")/.exec(text)?.[0].length;
  const loose = key !== undefined && text.startsWith(': ', behindString(text, key));
  const spacings = indent ? [{}] : loose ? [both, colon, {}] : [{}, both, colon];
  for (const spacing of spacings) {
    yield { ...spacing, ...rest };
    if (!text.includes('\\u')) continue;
    yield { ...spacing, ...rest, escape: 'ascii' };
    yield { ...spacing, ...rest, escape: 'html' };
  }
}

function spacesBefore(text: string, end: number): number {
  let start = end;
  while (start > 0 && text[start - 1] === ' ') start--;
  return end - start;
}

function spaced(value: unknown, style: JsonStyle): string {
  const comma = `,${style.comma ?? ''}`;
  if (Array.isArray(value)) return `[${value.map(one => spaced(one, style)).join(comma)}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([key, one]) => `${JSON.stringify(key)}:${style.colon ?? ''}${spaced(one, style)}`,
  );
  return `{${members.join(comma)}}`;
}

function escaped(json: string, how: JsonStyle['escape']): string {
  if (!how) return json;
  const which = how === 'ascii' ? /[\u007f-\uffff]/g : /[<>&\u2028\u2029]/g;
  return json.replace(which, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function oddNumbers(text: string): [index: number, written: string][] {
  if (!/[\d.]0[,}\]\s]|\d[eE]|-0/.test(text)) return [];
  const odd: [number, string][] = [];
  let index = 0;
  for (const { start, end } of numbersIn(text)) {
    const number = text.slice(start, end);
    if (JSON.stringify(Number(number)) !== number) odd.push([index, number]);
    index++;
  }
  return odd;
}

/** Only ever a number in a number's place, whatever a hostile file says. */
function withNumbers(json: string, numbers: NonNullable<JsonStyle['numbers']>): string {
  const written = new Map(numbers);
  const pieces: string[] = [];
  let index = 0;
  let from = 0;
  for (const { start, end } of numbersIn(json)) {
    const other = written.get(index++);
    if (other === undefined) continue;
    pieces.push(json.slice(from, start), other);
    from = end;
  }
  return pieces.join('') + json.slice(from);
}

/** Places of the numbers, strings passed over: by hand, since a pattern's stack does not hold a string of 20 MB. */
function* numbersIn(json: string): Generator<{ readonly start: number; readonly end: number }> {
  const next = /"|-?\d[\d.eE+-]*/g;
  for (let found = next.exec(json); found; found = next.exec(json)) {
    if (found[0] === '"') next.lastIndex = behindString(json, found.index);
    else yield { start: found.index, end: next.lastIndex };
  }
}

function behindString(json: string, open: number): number {
  const close = closingQuote(json, open);
  return close < 0 ? json.length : close + 1;
}
