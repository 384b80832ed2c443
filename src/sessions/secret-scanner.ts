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

const NO_NEEDLES: readonly Needle[] = [];

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

/**
 * Finds key shapes and known values in bytes. Each three bytes are looked up in a small table of hashes, four such places a
 * step; in ordinary text hardly one in two hundred is then looked at closer.
 */
export class SecretScanner {
  readonly #beginnings = new Uint8Array(1 << TABLE_BITS);
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
    const end = Math.min(to, bytes.length - 2);
    let at = from;
    if (littleEndian && end - at > 64) {
      for (; ((bytes.byteOffset + at) & 3) !== 0; at++) this.#lookAt(bytes, at, spans);
      at = this.#findByWords(bytes, at, end, spans);
    }
    for (; at < end; at++) this.#lookAt(bytes, at, spans);
    return mergeSpans(spans);
  }

  /** Four places a step, from the two words of memory that hold them; gives the place where it stopped, before `end`. */
  #findByWords(bytes: Buffer, from: number, end: number, spans: Span[]): number {
    const beginnings = this.#beginnings;
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + from, (bytes.length - from) >> 2);
    const steps = Math.min((end - from) >> 2, words.length - 1);
    let word = words[0]!;
    for (let i = 0; i < steps; i++) {
      const next = words[i + 1]!;
      const hits =
        beginnings[hashOf(word << 8)]! |
        beginnings[hashOf(word & ~0xff)]! |
        beginnings[hashOf(((word >>> 16) << 8) | (next << 24))]! |
        beginnings[hashOf(((word >>> 24) << 8) | (next << 16))]!;
      word = next;
      if (hits === 0) continue;
      const at = from + i * 4;
      for (let place = at; place < at + 4; place++) this.#lookAt(bytes, place, spans);
    }
    return from + Math.max(0, steps) * 4;
  }

  #add(needle: Needle): void {
    const three = needle.bytes.readUIntBE(0, 3);
    const [first, second, third] = needle.bytes;
    this.#beginnings[hashOf((first! << 8) | (second! << 16) | (third! << 24))] = 1;
    const same = this.#needles.get(three);
    if (same) same.push(needle);
    else this.#needles.set(three, [needle]);
  }

  #lookAt(bytes: Buffer, at: number, spans: Span[]): void {
    const first = bytes[at]!;
    const second = bytes[at + 1]!;
    const third = bytes[at + 2]!;
    if (this.#beginnings[hashOf((first << 8) | (second << 16) | (third << 24))] === 0) return;
    const three = (first << 16) | (second << 8) | third;
    for (const { bytes: needle, shape } of this.#needles.get(three) ?? NO_NEEDLES) {
      if (!standsAt(bytes, at, needle)) continue;
      if (!shape) spans.push({ start: at, end: at + needle.length });
      else spans.push(...matchAround(bytes, at, shape));
    }
  }
}

const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Of the table of hashes, which has to stay in the processor's nearest cache. */
const TABLE_BITS = 14;

/** Three bytes, the first in bits 8 to 15, spread evenly (Knuth's multiplicative hash). */
const hashOf = (three: number): number => Math.imul(three, 0x9e3779b1) >>> (32 - TABLE_BITS);

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
