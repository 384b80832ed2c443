import { createHash } from 'node:crypto';
import { jsonParts, PART_ARRAYS } from '../wire/json-parts.ts';
import type { BodyForm, PartLine, PartRef } from './cassette-format.ts';
import { JsonLines } from './json-lines.ts';
import { type JsonStyle, readStyled, styleOf } from './json-style.ts';

const NAME = 12;
/** Lists of earlier exchanges that a new one is compared with. */
const RECENT = 16;

interface Lists {
  readonly seq: number;
  readonly byPlace: ReadonlyMap<string, readonly string[]>;
}

/** The parts of a cassette that is being written: each once, in the order of their first use. */
export class PartsWriter {
  readonly lines = new JsonLines();
  /** By the hash of what they hold. */
  readonly #names = new Map<string, string>();
  readonly #taken = new Set<string>();
  #recent: readonly Lists[] = [];

  /** The body of exchange `seq`, its long lists as parts. */
  body(seq: number, bytes: Buffer): BodyForm {
    const text = asText(bytes);
    if (text === undefined) return { base64: bytes.toString('base64') };
    const styled = readStyled(text);
    const lists = new Map<string, readonly string[]>();
    const form =
      styled && !looksCut(styled.value)
        ? this.#json(styled.value, styled.style, lists)
        : this.#pieces(bytes, lists);
    this.#recent = [...this.#recent, { seq, byPlace: lists }].slice(-RECENT);
    return form;
  }

  #json(value: unknown, style: JsonStyle, lists: Map<string, readonly string[]>): BodyForm {
    const shown = isRecord(value)
      ? fromEntries(Object.entries(value).map(([key, one]) => [key, this.#list(key, one, lists)]))
      : value;
    return { json: shown, ...styleOf(style) };
  }

  #list(key: string, value: unknown, lists: Map<string, readonly string[]>): unknown {
    if (!PART_ARRAYS.has(key) || !Array.isArray(value) || value.length === 0) return value;
    const names = value.map(one => this.#name({ json: one }));
    const parts = this.#short(key, names);
    lists.set(key, names);
    return { parts };
  }

  #pieces(bytes: Buffer, lists: Map<string, readonly string[]>): BodyForm {
    const pieces: (string | readonly PartRef[])[] = [];
    const parts = jsonParts(bytes);
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i]!;
      if (part.kind === 'between') {
        pieces.push(bytes.toString('utf8', part.start, part.end));
        continue;
      }
      const names = [this.#name({ text: bytes.toString('utf8', part.start, part.end) })];
      for (
        let next = parts[i + 2];
        next?.kind === 'element' && isComma(bytes, parts[i + 1]!);
        next = parts[i + 2]
      ) {
        names.push(this.#name({ text: bytes.toString('utf8', next.start, next.end) }));
        i += 2;
      }
      const place = String(pieces.length);
      pieces.push(this.#short(place, names));
      lists.set(place, names);
    }
    return pieces.length === 1 && typeof pieces[0] === 'string' ? { text: pieces[0] } : { pieces };
  }

  /** A conversation says its whole history with each call: what an earlier call said is not said again. */
  #short(place: string, names: readonly string[]): PartRef[] {
    let best = { of: 0, first: 1 };
    for (const { seq, byPlace } of this.#recent) {
      const list = byPlace.get(place) ?? [];
      let first = 0;
      while (first < list.length && list[first] === names[first]) first++;
      if (first > best.first || (first === best.first && first > 1)) best = { of: seq, first };
    }
    return best.first > 1 ? [best, ...names.slice(best.first)] : [...names];
  }

  #name(content: { json: unknown } | { text: string }): string {
    const hash = createHash('sha256').update(JSON.stringify(content)).digest('hex');
    const known = this.#names.get(hash);
    if (known !== undefined) return known;
    let name = hash.slice(0, NAME);
    for (let length = NAME; this.#taken.has(name); name = hash.slice(0, ++length));
    this.#taken.add(name);
    this.#names.set(hash, name);
    this.lines.add({ part: name, ...content } satisfies PartLine);
    return name;
  }
}

/** A body whose list is an object already could be taken for one that was cut into parts. */
function looksCut(value: unknown): boolean {
  return isRecord(value) && [...PART_ARRAYS].some(key => Object.hasOwn(value, key) && isRecord(value[key]));
}

/** As text; undefined where the bytes are no UTF-8. */
export function asText(bytes: Buffer): string | undefined {
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) ? text : undefined;
}

/** Keeps a `__proto__` key as the plain key that it is. */
export function fromEntries(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  return Object.fromEntries(entries);
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isComma = (bytes: Buffer, { start, end }: { start: number; end: number }): boolean =>
  end === start + 1 && bytes[start] === 0x2c;
