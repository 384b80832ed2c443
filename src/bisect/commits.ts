/** What a test said of a commit. */
export type Verdict = 'good' | 'bad' | 'skip';

export interface Tested {
  readonly commit: string;
  readonly verdict: Verdict;
}

export interface FirstBad {
  /** One commit where it is certain; several where skipped ones stand between. Oldest first. */
  readonly candidates: readonly string[];
  readonly tested: readonly Tested[];
}

/**
 * The first bad one of `commits` (oldest first, the last known to be bad, all before the first known to be good), by
 * binary search. Commits that cannot be tested are stepped around; where they hide the answer, all that is left is named.
 */
export async function firstBad(
  commits: readonly string[],
  test: (commit: string) => Promise<Verdict>,
): Promise<FirstBad> {
  const tested: Tested[] = [];
  const skipped = new Set<number>();
  let low = 0;
  let high = commits.length - 1;
  while (low < high) {
    const middle = nearest((low + high) >> 1, low, high, skipped);
    if (middle === null) break;
    const commit = commits[middle]!;
    const verdict = await test(commit);
    tested.push({ commit, verdict });
    if (verdict === 'skip') skipped.add(middle);
    else if (verdict === 'bad') high = middle;
    else low = middle + 1;
  }
  return { candidates: commits.slice(low, high + 1), tested };
}

/** The untried index nearest to the middle, below `high`, which is known to be bad. */
function nearest(middle: number, low: number, high: number, skipped: ReadonlySet<number>): number | null {
  for (let away = 0; away <= high - low; away++) {
    for (const index of [middle - away, middle + away]) {
      if (index >= low && index < high && !skipped.has(index)) return index;
    }
  }
  return null;
}
