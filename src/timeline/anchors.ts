/** A position in each of two sequences that belong together. */
export type Pair = readonly [a: number, b: number];

/** The part of two sequences from `aFrom` up to `aTo`, from `bFrom` up to `bTo`. */
export interface Window {
  readonly aFrom: number;
  readonly aTo: number;
  readonly bFrom: number;
  readonly bTo: number;
}

/**
 * Patience diff's anchors: values that occur once on each side of the window, the longest run of them that rises on
 * both sides (Bram Cohen's patience diff; the longest increasing subsequence by patience sorting). O(n log n).
 */
export function anchorsIn(a: Int32Array, b: Int32Array, { aFrom, aTo, bFrom, bTo }: Window): readonly Pair[] {
  const onceInB = positionsOfSingles(b, bFrom, bTo);
  const candidates: Pair[] = [];
  for (const [value, i] of positionsOfSingles(a, aFrom, aTo)) {
    const j = i < 0 ? undefined : onceInB.get(value);
    if (j !== undefined && j >= 0) candidates.push([i, j]);
  }
  // A Map gives its keys in the order of their first appearance, which for singles is the order of `a`.
  return longestRise(candidates);
}

/** Value → its position, or -1 where it occurs more than once. */
function positionsOfSingles(values: Int32Array, from: number, to: number): Map<number, number> {
  const positions = new Map<number, number>();
  for (let i = from; i < to; i++) {
    const value = values[i]!;
    positions.set(value, positions.has(value) ? -1 : i);
  }
  return positions;
}

/** The longest subsequence that rises in `b`; the pairs rise in `a` already. */
function longestRise(pairs: readonly Pair[]): readonly Pair[] {
  const before = new Int32Array(pairs.length).fill(-1);
  /** Index of the pair that ends the best run of each length with the smallest `b`. */
  const ends: number[] = [];
  pairs.forEach(([, b], i) => {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pairs[ends[middle]!]![1] < b) low = middle + 1;
      else high = middle;
    }
    before[i] = low > 0 ? ends[low - 1]! : -1;
    ends[low] = i;
  });
  const rise: Pair[] = [];
  for (let i = ends.at(-1) ?? -1; i >= 0; i = before[i]!) rise.push(pairs[i]!);
  return rise.reverse();
}

/** Values as numbers, equal for equal values of both sequences. */
export function interned(a: readonly string[], b: readonly string[]): readonly [Int32Array, Int32Array] {
  const numbers = new Map<string, number>();
  const numberOf = (value: string): number => {
    const known = numbers.get(value);
    if (known !== undefined) return known;
    numbers.set(value, numbers.size);
    return numbers.size - 1;
  };
  return [Int32Array.from(a, numberOf), Int32Array.from(b, numberOf)];
}
