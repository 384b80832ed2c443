/** The difference of a body from an earlier one, as copies and insertions. Byte-exact whatever the bytes are. */

/** `ops`: see BodyFields. `inserted`: all bytes that the base does not give, in order. */
export interface Delta {
  readonly ops: readonly number[];
  readonly inserted: Uint8Array;
}

/** Bytes that must follow a place before it is taken for the same text. */
const ANCHOR = 32;
/** How far behind a difference the same text is looked for. */
const PROBES = [0, 48, 160, 512, 2048, 8192, 32768] as const;
/** Below this many differing bytes no search pays. */
const SMALL = 1024;
/** Text that moved backwards is looked for only where this much is at stake. */
const MOVED = 32 * 1024;
/** Bytes of the base that one search may read: bounds the cost of bodies that share nothing to a few milliseconds. */
const SEARCH_BUDGET = 8 * 1024 * 1024;

/** Length of the common run of `a` from `i` and `b` from `j`, at most `max`. */
export function commonRun(a: Buffer, b: Buffer, i = 0, j = 0, max = Infinity): number {
  const limit = Math.min(a.length - i, b.length - j, max);
  let n = 0;
  for (const block of [65536, 4096, 256]) {
    while (n + block <= limit && a.compare(b, j + n, j + n + block, i + n, i + n + block) === 0) n += block;
  }
  while (n < limit && a[i + n] === b[j + n]) n++;
  return n;
}

/** Length of the common end of `a` before `i` and `b` before `j`, at most `max`. */
function commonEnd(a: Buffer, b: Buffer, i: number, j: number, max: number): number {
  const limit = Math.min(i, j, max);
  let n = 0;
  while (n + 4096 <= limit && a.compare(b, j - n - 4096, j - n, i - n - 4096, i - n) === 0) n += 4096;
  while (n < limit && a[i - n - 1] === b[j - n - 1]) n++;
  return n;
}

/**
 * Common prefix and suffix first; where more than a little differs between them, the same text is looked for behind the
 * difference, so that a date in the system prompt, a moved cache marker or a compacted history costs what it changed.
 */
export function diffBody(base: Buffer, target: Buffer, prefix = commonRun(base, target)): Delta {
  const suffix = commonEnd(
    base,
    target,
    base.length,
    target.length,
    Math.min(base.length, target.length) - prefix,
  );
  const ops: number[] = [];
  const inserted: Buffer[] = [];
  let pending = 0;
  const insert = (from: number, to: number): void => {
    if (to <= from) return;
    inserted.push(target.subarray(from, to));
    pending += to - from;
  };
  const copy = (from: number, length: number): void => {
    if (length <= 0) return;
    ops.push(pending, from, length);
    pending = 0;
  };

  copy(0, prefix);
  const end = target.length - suffix;
  let at = prefix;
  let baseAt = prefix;
  let budget = SEARCH_BUDGET;
  while (end - at > SMALL && budget > 0) {
    const found = resync(base, target, at, end, baseAt);
    budget -= found.read;
    if (found.length === 0) break;
    insert(at, found.at);
    copy(found.from, found.length);
    at = found.at + found.length;
    baseAt = found.from + found.length;
  }
  insert(at, end);
  copy(base.length - suffix, suffix);
  return { ops, inserted: Buffer.concat(inserted) };
}

interface Resync {
  readonly at: number;
  readonly from: number;
  /** 0: nothing was found. */
  readonly length: number;
  readonly read: number;
}

function resync(base: Buffer, target: Buffer, at: number, end: number, baseAt: number): Resync {
  let read = 0;
  for (const probe of PROBES) {
    const place = at + probe;
    if (place + ANCHOR > end || read > SEARCH_BUDGET) break;
    const anchor = target.subarray(place, place + ANCHOR);
    let from = base.indexOf(anchor, baseAt);
    read += from < 0 ? base.length - baseAt : from - baseAt;
    if (from < 0 && baseAt > 0 && end - at > MOVED) {
      from = base.indexOf(anchor);
      read += from < 0 ? base.length : from;
    }
    if (from < 0) continue;
    const back = commonEnd(base, target, from, place, place - at);
    const length = back + commonRun(base, target, from, place, end - place);
    if (length >= 2 * ANCHOR) return { at: place - back, from: from - back, length, read };
  }
  return { at, from: 0, length: 0, read };
}
