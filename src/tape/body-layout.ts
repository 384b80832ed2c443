/** A run of bytes: from `start` up to, but without, `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** A member of the body's top-level object: where its value stands; for an array, where each element stands. */
export interface BodyMember extends ByteRange {
  readonly name: string;
  readonly elements: readonly ByteRange[] | null;
}

/** How much of an earlier layout still held: whole members, and elements of the member after them. */
export interface Reuse {
  readonly members: number;
  readonly elements: number;
}

export interface BodyLayout {
  readonly members: readonly BodyMember[];
  readonly reused: Reuse;
}

const NOTHING: Reuse = { members: 0, elements: 0 };
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/**
 * Finds the members and array elements of a JSON object's text without parsing them. In a long session every request
 * repeats the one before; with `earlier` (its layout, and how many leading bytes are `shared`) only the rest is
 * read. Null where the text is no JSON object; values themselves are not checked.
 */
export function layoutOf(
  bytes: Uint8Array,
  earlier?: { readonly layout: BodyLayout; readonly shared: number },
): BodyLayout | null {
  const scan = new Scan(bytes);
  const members: BodyMember[] = [];
  const kept = earlier ? keptMembers(earlier.layout, earlier.shared) : 0;
  let reused = NOTHING;

  scan.space();
  if (!scan.take(OPEN_BRACE)) return null;
  if (earlier && kept > 0) {
    members.push(...earlier.layout.members.slice(0, kept));
    scan.at = members.at(-1)!.end;
  }
  for (let first = kept === 0; ; first = false) {
    scan.space();
    if (scan.take(CLOSE_BRACE)) break;
    if (!first && !scan.take(COMMA)) return null;
    scan.space();
    const name = scan.name();
    if (name === null) return null;
    scan.space();
    if (!scan.take(COLON)) return null;
    scan.space();
    const start = scan.at;
    let elements: ByteRange[] | null = null;
    if (bytes[start] === OPEN_BRACKET) {
      const old = members.length === kept ? earlier?.layout.members[kept] : undefined;
      const seed = old?.elements && earlier ? keptElements(old.elements, earlier.shared) : [];
      if (members.length === kept) reused = { members: kept, elements: seed.length };
      elements = scan.elements(seed);
      if (!elements) return null;
    } else {
      if (members.length === kept) reused = { members: kept, elements: 0 };
      if (!scan.skipValue()) return null;
    }
    members.push({ name, start, end: scan.at, elements });
  }
  scan.space();
  if (scan.at !== bytes.length) return null;
  if (members.length === kept) reused = { members: kept, elements: 0 };
  return { members, reused };
}

/** A number's end is known only by the byte behind it, so a range must end before the last shared byte. */
function keptMembers(layout: BodyLayout, shared: number): number {
  let count = 0;
  while (count < layout.members.length && layout.members[count]!.end < shared) count++;
  return count;
}

function keptElements(elements: readonly ByteRange[], shared: number): ByteRange[] {
  let low = 0;
  let high = elements.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (elements[middle]!.end < shared) low = middle + 1;
    else high = middle;
  }
  return elements.slice(0, low);
}

class Scan {
  at = 0;
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  space(): void {
    const { bytes } = this;
    for (let c = bytes[this.at]; c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09; c = bytes[this.at])
      this.at++;
  }

  take(byte: number): boolean {
    if (this.bytes[this.at] !== byte) return false;
    this.at++;
    return true;
  }

  name(): string | null {
    const start = this.at;
    if (this.bytes[start] !== QUOTE || !this.skipString()) return null;
    const text = Buffer.from(this.bytes.buffer, this.bytes.byteOffset + start, this.at - start).toString(
      'utf8',
    );
    try {
      return JSON.parse(text) as string;
    } catch {
      return null;
    }
  }

  /** From the array's `[` to behind its `]`; `elements` are known already and skipped. */
  elements(elements: ByteRange[]): ByteRange[] | null {
    this.at = elements.at(-1)?.end ?? this.at + 1;
    for (;;) {
      this.space();
      if (this.take(CLOSE_BRACKET)) return elements;
      if (elements.length > 0 && !this.take(COMMA)) return null;
      this.space();
      const start = this.at;
      if (!this.skipValue()) return null;
      elements.push({ start, end: this.at });
    }
  }

  skipString(): boolean {
    const { bytes } = this;
    let i = this.at + 1;
    for (; i < bytes.length; i++) {
      const c = bytes[i];
      if (c === QUOTE) {
        this.at = i + 1;
        return true;
      }
      if (c === BACKSLASH) i++;
    }
    return false;
  }

  skipValue(): boolean {
    const { bytes } = this;
    const first = bytes[this.at];
    if (first === QUOTE) return this.skipString();
    if (first !== OPEN_BRACE && first !== OPEN_BRACKET) return this.skipWord();
    let depth = 0;
    while (this.at < bytes.length) {
      const c = bytes[this.at];
      if (c === QUOTE) {
        if (!this.skipString()) return false;
        continue;
      }
      this.at++;
      if (c === OPEN_BRACE || c === OPEN_BRACKET) depth++;
      else if ((c === CLOSE_BRACE || c === CLOSE_BRACKET) && --depth === 0) return true;
    }
    return false;
  }

  /** A number, `true`, `false` or `null`: anything up to the next delimiter. */
  skipWord(): boolean {
    const { bytes } = this;
    const start = this.at;
    for (; this.at < bytes.length; this.at++) {
      const c = bytes[this.at]!;
      if (c <= 0x20 || c === COMMA || c === CLOSE_BRACE || c === CLOSE_BRACKET) break;
    }
    return this.at > start;
  }
}
