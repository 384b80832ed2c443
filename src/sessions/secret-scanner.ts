import { KEY_SHAPES } from '../providers/credentials.ts';
import { anchorsOf } from './key-anchors.ts';

/** Bytes `start` to `end` hold a secret. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

interface Shape {
  /** Sticky: matches at the anchor. Global: has the anchor inside. */
  readonly pattern: RegExp;
  /** Needs to see far to match at all. */
  readonly far: boolean;
}

interface Needle {
  readonly bytes: Buffer;
  /** Undefined: the needle itself is the secret. */
  readonly shape?: Shape;
}

/** Behind an anchor, and before one that stands inside its match. */
const WINDOW = [320, 16 * 1024] as const;
const BEFORE = 96;

/** What may stand before a secret and say that it is one: `Bearer `, `aws_secret_access_key = "`, `"access_token": "`. */
export const ANNOUNCEMENT = 128;

/** No secret that a pattern knows is longer, so a change this far away cannot matter. */
export const REACH = 8 * 1024 + 256;

/** A field of JSON, of JSON inside a JSON text, or of Python whose name says what it holds: OAuth answers, configurations. */
const NAMED_FIELD =
  /(?:access_token|refresh_token|id_token|client_secret|api_key|apikey|api-key|apiKey|secret_key|secretKey|accessToken|refreshToken|clientSecret)\\{0,4}["']\s{0,4}:\s{0,4}\\{0,4}["'](?<secret>(?=[^"'\\\s]{0,250}[0-9])[^"'\\\s]{16,4096})/g;

const shapeNeedles: readonly Needle[] = [...KEY_SHAPES.map(({ pattern }) => pattern), NAMED_FIELD].flatMap(
  pattern => {
    const { literals, first } = anchorsOf(pattern);
    const flags = `${pattern.flags.replace('g', '')}d${first ? 'y' : 'g'}`;
    const shape: Shape = {
      pattern: new RegExp(pattern.source, flags),
      far: [...pattern.source.matchAll(/\{\d*,(\d+)\}/g)].some(([, most]) => Number(most) > WINDOW[0] / 2),
    };
    return literals.map(literal => ({ bytes: Buffer.from(literal), shape }));
  },
);

/** What a pair of bytes may be of a needle. */
const FIRST = 1;
const SECOND = 2;

/**
 * Finds key shapes and known values in bytes. Every other pair of bytes is looked up: it is a needle's first pair or its
 * second one, or none. The three bytes of such a place are looked up too, and few are left to be compared.
 */
export class SecretScanner {
  readonly #pairs = new Uint8Array(65536);
  readonly #triples = new Uint8Array(65536);
  readonly #needles = new Map<number, Needle[]>();

  constructor() {
    for (const needle of shapeNeedles) this.#add(needle);
  }

  /** A value to be found wherever it stands; at least three bytes. */
  addValue(bytes: Buffer): void {
    this.#add({ bytes });
  }

  /** Spans that begin in `from`…`to`, in order, merged where they touch. */
  find(bytes: Buffer, from = 0, to = bytes.length): Span[] {
    const spans: Span[] = [];
    const pairs = this.#pairs;
    const last = Math.min(to, bytes.length - 2);
    for (let i = from; i <= last; i += 2) {
      const place = pairs[(bytes[i]! << 8) | bytes[i + 1]!]!;
      if (place === 0) continue;
      if (place & SECOND && i > from) this.#look(bytes, i - 1, spans);
      if (place & FIRST && i < to) this.#look(bytes, i, spans);
    }
    return mergeSpans(spans);
  }

  #add(needle: Needle): void {
    const [a = 0, b = 0, c = 0] = needle.bytes;
    this.#pairs[(a << 8) | b]! |= FIRST;
    this.#pairs[(b << 8) | c]! |= SECOND;
    this.#triples[hashOf(a, b, c)] = 1;
    const triple = (a << 16) | (b << 8) | c;
    const same = this.#needles.get(triple);
    if (same) same.push(needle);
    else this.#needles.set(triple, [needle]);
  }

  #look(bytes: Buffer, at: number, spans: Span[]): void {
    const a = bytes[at]!;
    const b = bytes[at + 1]!;
    const c = bytes[at + 2]!;
    if (this.#triples[hashOf(a, b, c)] === 0) return;
    for (const { bytes: needle, shape } of this.#needles.get((a << 16) | (b << 8) | c) ?? []) {
      if (!standsAt(bytes, at, needle)) continue;
      if (!shape) spans.push({ start: at, end: at + needle.length });
      else spans.push(...matchAround(bytes, at, shape));
    }
  }
}

/** Three bytes in sixteen bits. */
const hashOf = (a: number, b: number, c: number): number => (a << 8) ^ (b << 4) ^ c;

/** For a few bytes, which mostly differ, a loop is faster than `compare`. */
function standsAt(bytes: Buffer, at: number, needle: Buffer): boolean {
  if (at + needle.length > bytes.length) return false;
  for (let i = 3; i < needle.length; i++) if (bytes[at + i] !== needle[i]) return false;
  return true;
}

function matchAround(bytes: Buffer, at: number, { pattern, far }: Shape): Span[] {
  const from = Math.max(0, at - (pattern.sticky ? 1 : BEFORE));
  for (const window of WINDOW) {
    const to = Math.min(bytes.length, at + window);
    const text = bytes.toString('latin1', from, to);
    const match = matchAt(text, at - from, pattern);
    // A match that ends with the window may go on behind it.
    const cut = match ? match.index + match[0].length === text.length : far;
    if (cut && to < bytes.length && window === WINDOW[0]) continue;
    if (!match) return [];
    const [start, end] = match.indices!.groups?.secret ?? match.indices![0]!;
    return [{ start: from + start, end: from + end }];
  }
  return [];
}

/** The match that begins at the anchor, or has it inside. */
function matchAt(text: string, at: number, pattern: RegExp): RegExpExecArray | null {
  pattern.lastIndex = pattern.sticky ? at : 0;
  let match = pattern.exec(text);
  while (match && match.index + match[0].length <= at) match = pattern.exec(text);
  return match && match.index <= at ? match : null;
}

export function mergeSpans(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last && span.start <= last.end) {
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
    } else merged.push(span);
  }
  return merged;
}
