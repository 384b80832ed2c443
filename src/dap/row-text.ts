import type { AlignedRow, Alignment } from '../timeline/align.ts';
import { rowDifferences } from '../timeline/row-difference.ts';
import { plainText, shortLine } from './hostile-text.ts';
import { stepLine } from './wording.ts';

/** How the two steps of a row are to each other, in a few words. */
export function rowWords({ a }: Alignment, row: AlignedRow): string {
  switch (row.kind) {
    case 'same':
      return 'the same in both';
    case 'echo':
      return 'the same in both, after what differed before';
    case 'removed':
      return 'only in a';
    case 'added':
      return 'only in b';
    case 'changed': {
      const [sent, got] = a.steps[row.a]!.kind === 'call' ? ['request', 'answer'] : ['arguments', 'result'];
      if (row.where === 'both') return `the runs differ in ${sent} and ${got}`;
      return `the runs differ in the ${row.where === 'request' ? sent : got}`;
    }
  }
}

/** A row as lines of a diff: `=` the same, `~` changed, `-` only in a, `+` only in b. */
export function rowLines({ a, b, rows }: Alignment, index: number): readonly string[] {
  const row = rows[index]!;
  const of = (mark: string, letter: 'a' | 'b', step: number): string =>
    `${mark} ${letter} ${stepLine((letter === 'a' ? a : b).steps[step]!)}`;
  switch (row.kind) {
    case 'same':
    case 'echo':
      return [of('=', 'a', row.a)];
    case 'removed':
      return [of('-', 'a', row.a)];
    case 'added':
      return [of('+', 'b', row.b)];
    case 'changed':
      return [of('~', 'a', row.a), of('~', 'b', row.b)];
  }
}

/** All that differs in a row, for reading. */
export function rowDiff(alignment: Alignment, row: AlignedRow): string {
  const side = (letter: string, value: unknown): readonly string[] =>
    value === undefined
      ? []
      : [`  ${letter} ${shortLine(typeof value === 'string' ? value : JSON.stringify(value), 500)}`];
  const changes = Object.entries(rowDifferences(alignment, row)).flatMap(([section, differences]) =>
    differences.flatMap(({ field = '', a, b }) => [
      `${section} ${field}`.trim(),
      ...side('a', a),
      ...side('b', b),
    ]),
  );
  return plainText([rowWords(alignment, row), ...changes].join('\n'));
}
