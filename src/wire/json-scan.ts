/** Finds the ends of JSON values in bytes without parsing them: no recursion, no copies, one pass. */

/** Offsets in the body: `start` inclusive, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Member {
  readonly key: string;
  readonly value: Span;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Members of the object that `bytes` is, in order, up to its end or the first damage. */
export function* readMembers(bytes: Uint8Array): Generator<Member> {
  let at = skipSpace(bytes, hasBom(bytes) ? 3 : 0);
  if (bytes[at++] !== 0x7b) return;
  for (;;) {
    at = skipSpace(bytes, at);
    if (bytes[at] !== QUOTE) return;
    const keyEnd = stringEnd(bytes, at);
    if (keyEnd === -1) return;
    const key = Buffer.from(bytes.subarray(at + 1, keyEnd - 1)).toString('utf8');
    at = skipSpace(bytes, keyEnd);
    if (bytes[at++] !== 0x3a) return;
    const start = skipSpace(bytes, at);
    const end = valueEnd(bytes, start);
    // A value that is cut still has members and elements worth finding: it runs to the end of the bytes.
    yield { key, value: { start, end: end === -1 ? bytes.length : end } };
    if (end === -1) return;
    at = skipSpace(bytes, end);
    if (bytes[at++] !== 0x2c) return;
  }
}

/** Elements of the array at `at`, in order, up to its end or the first that is cut. */
export function* readElements(bytes: Uint8Array, at: number): Generator<Span> {
  at = skipSpace(bytes, at === 0 && hasBom(bytes) ? 3 : at);
  if (bytes[at++] !== 0x5b) return;
  for (;;) {
    const start = skipSpace(bytes, at);
    const end = valueEnd(bytes, start);
    if (end === -1) return;
    yield { start, end };
    at = skipSpace(bytes, end);
    if (bytes[at++] !== 0x2c) return;
  }
}

function hasBom(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

function skipSpace(bytes: Uint8Array, at: number): number {
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at++;
  return at;
}

/** Offset after the closing quote of the string that opens at `at`; -1 where it is cut. */
function stringEnd(bytes: Uint8Array, at: number): number {
  for (let end = bytes.indexOf(QUOTE, at + 1); end !== -1; end = bytes.indexOf(QUOTE, end + 1)) {
    let slashes = 0;
    while (bytes[end - 1 - slashes] === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return end + 1;
  }
  return -1;
}

/** Offset after the value that begins at `at`; -1 where there is none or it is cut. Brackets count, kinds do not. */
function valueEnd(bytes: Uint8Array, at: number): number {
  const first = bytes[at];
  if (first === QUOTE) return stringEnd(bytes, at);
  if (first === 0x7b || first === 0x5b) {
    let depth = 0;
    for (let i = at; i < bytes.length; ) {
      const byte = bytes[i]!;
      if (byte === QUOTE) {
        i = stringEnd(bytes, i);
        if (i === -1) return -1;
        continue;
      }
      i++;
      if (byte === 0x7b || byte === 0x5b) depth++;
      else if ((byte === 0x7d || byte === 0x5d) && --depth === 0) return i;
    }
    return -1;
  }
  let end = at;
  while (end < bytes.length && isScalarByte(bytes[end]!)) end++;
  return end > at ? end : -1;
}

/** Letters, digits, sign, dot: numbers and literals. */
function isScalarByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    byte === 0x2b ||
    byte === 0x2d ||
    byte === 0x2e
  );
}
