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
 * Finds key shapes and known values in bytes. Each three bytes are looked up in a small table of hashes, two such places a
 * step; in ordinary text hardly one in two hundred is then looked at closer.
 */
export class SecretScanner {
  readonly #beginnings = new Uint8Array(65536);
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
    const beginnings = this.#beginnings;
    const last = Math.min(to - 1, bytes.length - 4);
    let i = from;
    let three = (bytes[from]! << 8) | bytes[from + 1]!;
    for (; i < last; i += 2) {
      const first = ((three << 8) | bytes[i + 2]!) & 0xffffff;
      three = ((first << 8) | bytes[i + 3]!) & 0xffffff;
      if ((beginnings[hashOf(first)]! | beginnings[hashOf(three)]!) === 0) continue;
      this.#look(bytes, i, first, spans);
      this.#look(bytes, i + 1, three, spans);
    }
    for (const end = Math.min(to, bytes.length - 2); i < end; i++) {
      this.#look(bytes, i, (bytes[i]! << 16) | (bytes[i + 1]! << 8) | bytes[i + 2]!, spans);
    }
    return mergeSpans(spans);
  }

  #add(needle: Needle): void {
    const three = needle.bytes.readUIntBE(0, 3);
    this.#beginnings[hashOf(three)] = 1;
    const same = this.#needles.get(three);
    if (same) same.push(needle);
    else this.#needles.set(three, [needle]);
  }

  /** `three`: the bytes that stand there. */
  #look(bytes: Buffer, at: number, three: number, spans: Span[]): void {
    for (const { bytes: needle, shape } of this.#needles.get(three) ?? NO_NEEDLES) {
      if (!standsAt(bytes, at, needle)) continue;
      if (!shape) spans.push({ start: at, end: at + needle.length });
      else spans.push(...matchAround(bytes, at, shape));
    }
  }
}

/** Three bytes in sixteen bits, spread evenly (Knuth's multiplicative hash). */
const hashOf = (three: number): number => Math.imul(three, 0x9e3779b1) >>> 16;

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
