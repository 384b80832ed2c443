/**
 * Kinds of events. An event of a stream is cut into a template and the values in it: strings that are no keys, and numbers. Most
 * events differ in a value or two from the last of their kind, so that they are compared with that one, byte by byte, and cut only where
 * they are of another kind.
 */
import { ByteWriter } from './byte-writer.ts';

/** Stands in a template where a value was; never in text, and bytes that hold it are not cut. */
export const HOLE = 0x00;
/** More values than this are data (embeddings), not an event. */
const MOST_VALUES = 48;
const LONGEST_EVENT = 64 * 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/** Start and end of each value, in turn. */
type Places = readonly number[];

export interface CutEvent {
  /** The event with a hole for each value, latin1. */
  readonly text: string;
  readonly places: Places;
}

export class EventTemplate {
  readonly id: number;
  /** The values of each place, those that equal the one before left out. */
  readonly columns: readonly ByteWriter[];
  /** The kind that came behind one of this kind last: a guess. */
  next: EventTemplate | undefined;
  /** The last event of this kind and where its values stand; at first, the template with empty values. */
  #bytes: Buffer;
  #from = 0;
  #to: number;
  #places: Places;

  constructor(id: number, text: string, count: number) {
    this.id = id;
    this.columns = Array.from({ length: count }, () => new ByteWriter());
    const pieces = count > 0 ? text.split('\0') : [text];
    let at = 0;
    this.#places = pieces.slice(0, count).flatMap(({ length }) => {
      at += length;
      return [at, at];
    });
    this.#bytes = Buffer.from(pieces.join(''), 'latin1');
    this.#to = this.#bytes.length;
  }

  /** Where the values of the event between `from` and `to` stand, if `cutEvent` would give it this template. */
  placesIn(bytes: Buffer, from: number, to: number): Places | undefined {
    if (to - from > LONGEST_EVENT && this.columns.length > 0) return undefined;
    const [last, known] = [this.#bytes, this.#places];
    const places: number[] = [];
    let [lastAt, at] = [this.#from, from];
    for (let i = 0; i < known.length; i += 2) {
      const [start, end] = [known[i]!, known[i + 1]!];
      while (lastAt < start) if (last[lastAt++] !== bytes[at++]) return undefined;
      const valueEnd = last[start - 1] === QUOTE ? stringEnd(bytes, at, to) : numberEnd(bytes, at, to);
      if (valueEnd < 0) return undefined;
      places.push(at, valueEnd);
      at = valueEnd;
      lastAt = end;
    }
    if (to - at !== this.#to - lastAt) return undefined;
    while (at < to) if (last[lastAt++] !== bytes[at++]) return undefined;
    return places;
  }

  /** Takes the event's changed values in; gives which ones these are, a bit each, the first lowest. */
  add(bytes: Buffer, from: number, to: number, places: Places): number {
    let changed = 0;
    let bit = 1;
    for (let i = 0; i < places.length; i += 2) {
      const [start, end] = [places[i]!, places[i + 1]!];
      if (!sameBytes(bytes, start, end, this.#bytes, this.#places[i]!, this.#places[i + 1]!)) {
        changed += bit;
        this.columns[i >> 1]!.bytes(bytes, start, end).byte(HOLE);
      }
      bit *= 2;
    }
    [this.#bytes, this.#from, this.#to, this.#places] = [bytes, from, to, places];
    return changed;
  }
}

export function cutEvent(bytes: Buffer, from: number, to: number): CutEvent {
  const whole = { text: latin1(bytes, from, to), places: [] };
  if (to - from > LONGEST_EVENT || whole.text.includes('\0')) return whole;
  const places: number[] = [];
  let text = '';
  let copied = from;
  const cut = (start: number, end: number): void => {
    text += `${latin1(bytes, copied, start)}\0`;
    places.push(start, end);
    copied = end;
  };
  for (let at = from; at < to; at++) {
    if (bytes[at] !== QUOTE) continue;
    const end = stringEnd(bytes, at + 1, to);
    if (end < 0) break;
    if (bytes[end + 1] !== COLON) {
      cut(at + 1, end);
      at = end;
      continue;
    }
    const last = numberEnd(bytes, end + 2, to);
    if (last >= 0) cut(end + 2, last);
    at = last >= 0 ? last - 1 : end + 1;
  }
  if (places.length === 0 || places.length > 2 * MOST_VALUES) return whole;
  return { text: text + latin1(bytes, copied, to), places };
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const isNumber = (code: number): boolean => isDigit(code) || code === 0x2e;

/** Where the number that begins at `at` ends; -1 where none does. */
function numberEnd(bytes: Buffer, at: number, to: number): number {
  if (at >= to || !isDigit(bytes[at]!)) return -1;
  let end = at;
  while (end < to && isNumber(bytes[end]!)) end++;
  return end;
}

/** The closing quote of the string whose text begins at `at`; -1 where there is none, or a hole inside. */
function stringEnd(bytes: Buffer, at: number, to: number): number {
  for (let end = at; end < to; end++) {
    const byte = bytes[end];
    if (byte === QUOTE) return end;
    if (byte === HOLE) return -1;
    if (byte === BACKSLASH) end++;
  }
  return -1;
}

function sameBytes(a: Buffer, from: number, to: number, b: Buffer, bFrom: number, bTo: number): boolean {
  if (to - from !== bTo - bFrom) return false;
  for (let i = from, j = bFrom; i < to; i++, j++) if (a[i] !== b[j]) return false;
  return true;
}

const latin1 = (bytes: Buffer, from: number, to: number): string => bytes.toString('latin1', from, to);
