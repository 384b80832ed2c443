import { anchorsIn, interned, type Pair, type Window } from './anchors.ts';

/** A run of text: on both sides, only before, or only after. Joined, the runs of a side give its text. */
export interface WordRun {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** A word, a number, a run of white space, or one other character. */
const TOKEN = /[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu;
/** Texts of more tokens than this are compared by lines first. */
const BY_LINES = 4_000;
/** Cells of the exact comparison between two anchors; where there are more, the stretch counts as replaced. */
const CELLS = 250_000;
const MAX_CUTS = 24;

/** What changed from one text to another, word by word. Time grows about linearly, on texts of any size. */
export function wordDiff(before: string, after: string): readonly WordRun[] {
  const large = before.length + after.length > BY_LINES * 5;
  const runs = large ? byLines(before, after) : diffTokens(tokensOf(before), tokensOf(after));
  return joined(runs);
}

/** Lines first, then words inside each stretch of changed lines. */
function byLines(before: string, after: string): readonly WordRun[] {
  const runs = joined(diffTokens(linesOf(before), linesOf(after)));
  return runs.flatMap((run, i) => {
    const next = runs[i + 1];
    if (run.kind === 'removed' && next?.kind === 'added')
      return diffTokens(tokensOf(run.text), tokensOf(next.text));
    return run.kind === 'added' && runs[i - 1]?.kind === 'removed' ? [] : [run];
  });
}

function tokensOf(text: string): readonly string[] {
  return text.match(TOKEN) ?? [];
}

function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+/g) ?? [];
}

function diffTokens(before: readonly string[], after: readonly string[]): readonly WordRun[] {
  const runs: WordRun[] = [];
  let [i, j] = [0, 0];
  for (const [nextI, nextJ] of [...commonPairs(before, after), [before.length, after.length] as const]) {
    if (nextI > i) runs.push({ kind: 'removed', text: before.slice(i, nextI).join('') });
    if (nextJ > j) runs.push({ kind: 'added', text: after.slice(j, nextJ).join('') });
    if (nextI < before.length) runs.push({ kind: 'same', text: before[nextI]! });
    [i, j] = [nextI + 1, nextJ + 1];
  }
  return runs;
}

/** Positions of tokens on both sides, rising: equal ends, then patience anchors, then the longest common subsequence. */
function commonPairs(before: readonly string[], after: readonly string[]): readonly Pair[] {
  const [a, b] = interned(before, after);
  const pairs: Pair[] = [];
  match({ aFrom: 0, aTo: a.length, bFrom: 0, bTo: b.length }, 0);
  return pairs;

  function match(window: Window, cuts: number): void {
    let { aFrom, aTo, bFrom, bTo } = window;
    while (aFrom < aTo && bFrom < bTo && a[aFrom] === b[bFrom]) pairs.push([aFrom++, bFrom++]);
    const tail: Pair[] = [];
    while (aFrom < aTo && bFrom < bTo && a[aTo - 1] === b[bTo - 1]) tail.push([--aTo, --bTo]);
    const middle = { aFrom, aTo, bFrom, bTo };
    if (aFrom < aTo && bFrom < bTo) {
      const anchors = cuts < MAX_CUTS ? anchorsIn(a, b, middle) : [];
      if (anchors.length > 0) between(middle, anchors, cuts + 1);
      else if ((aTo - aFrom) * (bTo - bFrom) <= CELLS) pairs.push(...longestCommon(a, b, middle));
    }
    pairs.push(...tail.reverse());
  }

  function between({ aFrom, aTo, bFrom, bTo }: Window, anchors: readonly Pair[], cuts: number): void {
    let [i, j] = [aFrom, bFrom];
    for (const [nextA, nextB] of anchors) {
      match({ aFrom: i, aTo: nextA, bFrom: j, bTo: nextB }, cuts);
      pairs.push([nextA, nextB]);
      [i, j] = [nextA + 1, nextB + 1];
    }
    match({ aFrom: i, aTo, bFrom: j, bTo }, cuts);
  }
}

function longestCommon(a: Int32Array, b: Int32Array, { aFrom, aTo, bFrom, bTo }: Window): readonly Pair[] {
  const width = bTo - bFrom + 1;
  const lengths = new Uint16Array((aTo - aFrom + 1) * width);
  for (let i = aTo - 1; i >= aFrom; i--) {
    const row = (i - aFrom) * width;
    for (let j = bTo - 1; j >= bFrom; j--) {
      const at = row + j - bFrom;
      lengths[at] =
        a[i] === b[j] ? lengths[at + width + 1]! + 1 : Math.max(lengths[at + width]!, lengths[at + 1]!);
    }
  }
  const pairs: Pair[] = [];
  for (let i = aFrom, j = bFrom; i < aTo && j < bTo; ) {
    const at = (i - aFrom) * width + j - bFrom;
    if (a[i] === b[j]) pairs.push([i++, j++]);
    else if (lengths[at + width]! >= lengths[at + 1]!) i++;
    else j++;
  }
  return pairs;
}

/** Neighbours of one kind as one run; of a changed stretch, what was removed before what was added. */
function joined(runs: readonly WordRun[]): readonly WordRun[] {
  const out: WordRun[] = [];
  let [removed, added] = ['', ''];
  const flush = (): void => {
    if (removed) out.push({ kind: 'removed', text: removed });
    if (added) out.push({ kind: 'added', text: added });
    [removed, added] = ['', ''];
  };
  for (const { kind, text } of runs) {
    if (kind === 'removed') removed += text;
    else if (kind === 'added') added += text;
    else {
      flush();
      const last = out.at(-1);
      if (last?.kind === 'same') out[out.length - 1] = { kind, text: last.text + text };
      else out.push({ kind, text });
    }
  }
  flush();
  return out;
}
