import type { AlignedRow, Alignment } from '../timeline/align.ts';
import type { PairedCalls } from './report.ts';
import { ordinalsOf } from './sides.ts';

/** The calls of both runs side by side, without their tools. */
export function pairedCalls({ a, b, rows }: Alignment): readonly PairedCalls[] {
  const [good, bad] = [ordinalsOf(a), ordinalsOf(b)];
  return rows.flatMap(row => {
    const [one, two] = ['a' in row ? good.get(row.a) : undefined, 'b' in row ? bad.get(row.b) : undefined];
    if (one === undefined && two === undefined) return [];
    return [{ good: one ?? null, bad: two ?? null, differs: differing(row) }];
  });
}

function differing(row: AlignedRow): PairedCalls['differs'] {
  if (row.kind === 'changed') return row.where;
  if (row.kind === 'removed' || row.kind === 'added') return 'both';
  return row.kind === 'echo' ? 'carried' : null;
}
