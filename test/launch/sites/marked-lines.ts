import { readFileSync } from 'node:fs';

/**
 * What an agent's source says of itself: a comment `@name` at the end of a line means that the calls of case `name` are
 * made there, `@name+1` that the next frame of the user's own code is there, and so on.
 */
export function markedLines(file: string): ReadonlyMap<string, readonly number[]> {
  const cases = new Map<string, number[]>();
  for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    const marks = /(?:\/\/|#)((?: @[\w-]+(?:\+\d)?)+)$/.exec(line)?.[1] ?? '';
    for (const [, name = '', depth = '0'] of marks.matchAll(/@([\w-]+)(?:\+(\d))?/g)) {
      const lines = cases.get(name) ?? [];
      lines[Number(depth)] = index + 1;
      cases.set(name, lines);
    }
  }
  return cases;
}
