import type { Terminal } from './terminal.ts';
import { fitText, padText, textWidth } from './text-width.ts';

export interface Column<Row> {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Safe, colourless text. */
  readonly text: (row: Row) => string;
  /** Colours the padded cell. */
  readonly paint?: (cell: string, row: Row) => string;
  /** May be cut when the terminal is narrow, down to this many columns. */
  readonly shrinkTo?: number;
  /** Left out where the terminal is too narrow even so, the highest number first. */
  readonly spare?: number;
}

/**
 * Prints rows under one head line. A terminal's width is kept by leaving out spare columns, and by cutting the widest
 * shrinkable one.
 */
export function printTable<Row>(to: Terminal, all: readonly Column<Row>[], rows: readonly Row[]): void {
  const columns = columnsWithin(to.width, all, rows);
  const cells = rows.map(row => columns.map(column => column.text(row)));
  const widths = columns.map(column => widthOf(column, rows));
  shrink(widths, columns, to.width);
  to.line(to.colours.dim(line(columns.map((column, i) => cell(column.title, widths[i]!, column.align)))));
  rows.forEach((row, r) => {
    const painted = columns.map((column, i) => {
      const text = cell(cells[r]![i]!, widths[i]!, column.align);
      return column.paint ? column.paint(text, row) : text;
    });
    to.line(line(painted));
  });
}

function columnsWithin<Row>(
  room: number,
  all: readonly Column<Row>[],
  rows: readonly Row[],
): readonly Column<Row>[] {
  const least = ({ column, width }: { column: Column<Row>; width: number }): number =>
    Math.min(column.shrinkTo ?? width, width) + 2;
  const kept = all.map(column => ({ column, width: widthOf(column, rows) }));
  const needed = (): number => kept.reduce((sum, each) => sum + least(each), -2);
  while (needed() > room) {
    const most = Math.max(...kept.map(({ column }) => column.spare ?? 0));
    if (most === 0) break;
    kept.splice(
      kept.findIndex(({ column }) => column.spare === most),
      1,
    );
  }
  return kept.map(({ column }) => column);
}

const widthOf = <Row>(column: Column<Row>, rows: readonly Row[]): number =>
  rows.reduce((widest, row) => Math.max(widest, textWidth(column.text(row))), textWidth(column.title));

const line = (cells: readonly string[]): string => cells.join('  ').trimEnd();

const cell = (text: string, width: number, align: 'left' | 'right' = 'left'): string =>
  padText(fitText(text, width), width, align);

function shrink<Row>(widths: number[], columns: readonly Column<Row>[], room: number): void {
  let over = widths.reduce((sum, width) => sum + width + 2, -2) - room;
  while (over > 0) {
    let widest = -1;
    columns.forEach(({ shrinkTo }, i) => {
      if (shrinkTo !== undefined && widths[i]! > shrinkTo && (widest < 0 || widths[i]! > widths[widest]!))
        widest = i;
    });
    if (widest < 0) return;
    widths[widest]!--;
    over--;
  }
}
