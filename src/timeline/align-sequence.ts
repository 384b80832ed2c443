import { anchorsIn, interned, type Pair, type Window } from './anchors.ts';

/** Something to align. Two items of different `kind` never pair. */
export interface Item {
  readonly kind: string;
  /** From the most exact to the coarsest; as many for every item, three or four. */
  readonly keys: readonly string[];
}

/** One row: a pair, or an item that only one side has. */
export type Row = readonly [a: number | null, b: number | null];

/** What pairing costs when the first equal key is the n-th, of three keys or of four; a gap costs 1 on each side. */
const COSTS: Readonly<Record<number, readonly number[]>> = { 3: [0, 0.15, 0.4], 4: [0, 0.1, 0.15, 0.4] };
const UNLIKE = 1.5;
/** Windows of up to so many cells are aligned optimally; larger ones are cut at anchors first. */
const CELLS = 1_000_000;
/** Without anchors, a large window is searched this far from its diagonal. */
const BAND = 200;
const MAX_CUTS = 40;

/**
 * Aligns two sequences: equal beginnings and ends, then unique common items as anchors, then least cost between
 * them. Time is bounded by about 400 cells an item, whatever the input.
 */
export function alignSequences(a: readonly Item[], b: readonly Item[]): readonly Row[] {
  const costs = COSTS[(a[0] ?? b[0])?.keys.length ?? 3]!;
  const levels = costs.map((_, level) =>
    interned(
      a.map(item => `${item.kind} ${item.keys[level] ?? ''}`),
      b.map(item => `${item.kind} ${item.keys[level] ?? ''}`),
    ),
  );
  const kinds = interned(
    a.map(item => item.kind),
    b.map(item => item.kind),
  );
  const rows: Row[] = [];
  alignWindow({ aFrom: 0, aTo: a.length, bFrom: 0, bTo: b.length }, 0);
  return rows;

  function alignWindow(window: Window, cuts: number): void {
    const [exactA, exactB] = levels[0]!;
    let { aFrom, aTo, bFrom, bTo } = window;
    while (aFrom < aTo && bFrom < bTo && exactA[aFrom] === exactB[bFrom]) rows.push([aFrom++, bFrom++]);
    const tail: Row[] = [];
    while (aFrom < aTo && bFrom < bTo && exactA[aTo - 1] === exactB[bTo - 1]) tail.push([--aTo, --bTo]);
    alignMiddle({ aFrom, aTo, bFrom, bTo }, cuts);
    rows.push(...tail.reverse());
  }

  function alignMiddle(window: Window, cuts: number): void {
    const { aFrom, aTo, bFrom, bTo } = window;
    if (aFrom === aTo || bFrom === bTo) {
      for (let i = aFrom; i < aTo; i++) rows.push([i, null]);
      for (let j = bFrom; j < bTo; j++) rows.push([null, j]);
      return;
    }
    const large = (aTo - aFrom) * (bTo - bFrom) > CELLS;
    const anchors = large && cuts < MAX_CUTS ? firstAnchors(window) : [];
    if (anchors.length === 0) {
      rows.push(...leastCost(window, pairCost));
      return;
    }
    let [i, j] = [aFrom, bFrom];
    for (const [nextA, nextB] of anchors) {
      alignWindow({ aFrom: i, aTo: nextA, bFrom: j, bTo: nextB }, cuts + 1);
      rows.push([nextA, nextB]);
      [i, j] = [nextA + 1, nextB + 1];
    }
    alignWindow({ aFrom: i, aTo, bFrom: j, bTo }, cuts + 1);
  }

  /** By the most exact key that has any. */
  function firstAnchors(window: Window): readonly Pair[] {
    for (const [keysA, keysB] of levels) {
      const anchors = anchorsIn(keysA, keysB, window);
      if (anchors.length > 0) return anchors;
    }
    return [];
  }

  function pairCost(i: number, j: number): number {
    if (kinds[0][i] !== kinds[1][j]) return Number.POSITIVE_INFINITY;
    for (let level = 0; level < levels.length; level++) {
      const [keysA, keysB] = levels[level]!;
      if (keysA[i] === keysB[j]) return costs[level]!;
    }
    return UNLIKE;
  }
}

const PAIR = 1;
const ONLY_A = 2;
const ONLY_B = 3;

/** Needleman-Wunsch over a window, in a band around its diagonal where it is large. */
function leastCost(window: Window, pairCost: (i: number, j: number) => number): readonly Row[] {
  const { aFrom, bFrom } = window;
  const height = window.aTo - aFrom;
  const width = window.bTo - bFrom;
  const half = height * width <= CELLS ? width : Math.max(BAND, Math.ceil((2 * width) / height));
  const span = Math.min(width + 1, 2 * half + 1);
  /** First column of each row's band. */
  const left = (row: number): number =>
    Math.max(0, Math.min(width + 1 - span, Math.round((row * width) / height) - half));
  const moves = new Uint8Array((height + 1) * span);
  let above = new Float32Array(span).fill(Number.POSITIVE_INFINITY);
  let costs = new Float32Array(span);
  for (let row = 0; row <= height; row++) {
    const start = left(row);
    const shift = start - left(Math.max(0, row - 1));
    for (let k = 0; k < span; k++) {
      const column = start + k;
      if (row === 0 && column === 0) {
        costs[k] = 0;
        continue;
      }
      const up = k + shift < span && row > 0 ? above[k + shift]! + 1 : Number.POSITIVE_INFINITY;
      const back = k > 0 ? costs[k - 1]! + 1 : Number.POSITIVE_INFINITY;
      const corner = k + shift - 1;
      const pair =
        row > 0 && column > 0 && corner >= 0 && corner < span
          ? above[corner]! + pairCost(aFrom + row - 1, bFrom + column - 1)
          : Number.POSITIVE_INFINITY;
      const least = Math.min(pair, up, back);
      costs[k] = least;
      moves[row * span + k] = least === pair ? PAIR : least === up ? ONLY_A : ONLY_B;
    }
    [above, costs] = [costs, above];
  }
  const rows: Row[] = [];
  for (let row = height, column = width; row > 0 || column > 0; ) {
    const move = moves[row * span + column - left(row)];
    if (move === PAIR) rows.push([aFrom + --row, bFrom + --column]);
    else if (move === ONLY_A) rows.push([aFrom + --row, null]);
    else rows.push([null, bFrom + --column]);
  }
  return rows.reverse();
}
