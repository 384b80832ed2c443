/** Where a line has gone while its file was edited. Lines count from 1. */

/** One edit of a document: the lines that it replaced, and how many stand there now. */
export interface LineEdit {
  readonly start: number;
  readonly end: number;
  /** Lines gained; negative where lines went. */
  readonly gained: number;
}

/** A line's number after an edit; a line inside of what was replaced keeps its number and is looked for by its text. */
export function afterEdit(line: number, { start, end, gained }: LineEdit): number {
  if (line <= start) return line;
  if (line > end) return line + gained;
  return Math.max(1, Math.min(line, end + gained));
}

/**
 * The line with this text that is nearest to where it was last seen; null where there is none. Indentation does not count: a
 * block around a call moves it to the right.
 */
export function nearestLine(lines: readonly string[], near: number, text: string): number | null {
  const wanted = text.trim();
  if (wanted === '') return null;
  for (let away = 0; away < lines.length; away++) {
    for (const line of away === 0 ? [near] : [near - away, near + away]) {
      if (lines[line - 1]?.trim() === wanted) return line;
    }
  }
  // Seen last beyond the end of a file that has become much shorter.
  const last = lines.findLastIndex(line => line.trim() === wanted);
  return last === -1 ? null : last + 1;
}

/** So much of two lines' words has to be the same for one to be the other, edited: of 1. */
const ALIKE = 0.6;
/** So many lines around are looked at. */
const AROUND = 8;

/** The line near `near` that this text was most likely edited into; null where none is much like it. */
export function likelyLine(lines: readonly string[], near: number, text: string): number | null {
  let [found, best]: [number | null, number] = [null, ALIKE];
  for (let away = 0; away <= AROUND; away++) {
    for (const line of away === 0 ? [near] : [near - away, near + away]) {
      const alike = likeness(lines[line - 1] ?? '', text);
      if (alike > best) [found, best] = [line, alike];
    }
  }
  return found;
}

export const isLike = (line: string, text: string): boolean => likeness(line, text) > ALIKE;

const wordsOf = (text: string): readonly string[] => text.match(/\w+/g) ?? [];

/** Words that two lines share, of all that they have: from 0 to 1. */
function likeness(one: string, other: string): number {
  const [a, b] = [wordsOf(one), wordsOf(other)];
  const left = Map.groupBy(b, word => word);
  const shared = a.filter(word => left.get(word)?.pop() !== undefined).length;
  return shared === 0 ? 0 : (2 * shared) / (a.length + b.length);
}
