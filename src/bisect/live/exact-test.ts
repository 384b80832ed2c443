/**
 * Whether two lists of counts over the same classes may come from one distribution: the p-value of the Fisher–Freeman–Halton
 * exact test (Freeman and Halton, Biometrika 38, 1951; Fisher's own for two classes). Conditional on both margins, it adds
 * up the probabilities of all tables that are no likelier than this one. Exact: integers throughout.
 */
export function exactTest(first: readonly number[], second: readonly number[]): number {
  const columns = first.map((count, i) => count + (second[i] ?? 0));
  const drawn = sum(first);
  const observed = first.reduce((product, count, i) => product * choose(columns[i]!, count), 1n);
  // Classes of one size are many and alike: tables are kept by weight, not one by one.
  let tables = new Map<number, Map<bigint, bigint>>([[0, new Map([[1n, 1n]])]]);
  for (const column of columns) {
    const next = new Map<number, Map<bigint, bigint>>();
    for (const [used, weights] of tables) {
      for (let count = 0; count <= Math.min(column, drawn - used); count++) {
        const into = next.get(used + count) ?? new Map<bigint, bigint>();
        next.set(used + count, into);
        for (const [weight, times] of weights) {
          const product = weight * choose(column, count);
          into.set(product, (into.get(product) ?? 0n) + times);
        }
      }
    }
    tables = next;
  }
  let unlikely = 0n;
  for (const [weight, times] of tables.get(drawn) ?? []) if (weight <= observed) unlikely += weight * times;
  return ratio(unlikely, choose(sum(columns), drawn));
}

function choose(of: number, count: number): bigint {
  let result = 1n;
  for (let i = 1n; i <= BigInt(count); i++) result = (result * (BigInt(of) - i + 1n)) / i;
  return result;
}

const SCALE = 10n ** 12n;
const ratio = (part: bigint, whole: bigint): number => Number((part * SCALE) / whole) / Number(SCALE);
const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
