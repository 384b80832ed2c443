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
}

/** Prints rows under one head line; a terminal's width is kept by cutting the widest shrinkable column first. */
export function printTable<Row>(to: Terminal, columns: readonly Column<Row>[], rows: readonly Row[]): void {
  const cells = rows.map(row => columns.map(column => column.text(row)));
  const widths = columns.map((column, i) =>
    cells.reduce((widest, line) => Math.max(widest, textWidth(line[i]!)), textWidth(column.title)),
  );
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
