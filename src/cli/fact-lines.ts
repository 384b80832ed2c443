import { stripVTControlCharacters } from 'node:util';
import type { Terminal } from './terminal.ts';
import { textWidth } from './text-width.ts';

/** Facts with dots between them, in as many lines as a terminal's width asks for. `used`: columns that stand before each. */
export function factLines(to: Terminal, facts: readonly string[], used = 0): string[] {
  const dot = to.colours.dim(' · ');
  const lines: string[] = [];
  let left = 0;
  for (const fact of facts) {
    const width = textWidth(stripVTControlCharacters(fact));
    left -= width + 3;
    if (lines.length > 0 && left >= 0) lines[lines.length - 1] += dot + fact;
    else {
      lines.push(fact);
      left = to.width - used - width;
    }
  }
  return lines;
}
