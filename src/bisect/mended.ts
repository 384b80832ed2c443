import type { Alignment } from '../timeline/align.ts';
import type { CallStep, Timeline } from '../timeline/timeline.ts';
import { ordinalsOf } from './sides.ts';

/** Calls that failed at first in one run only, and went well there in the end: no cause of anything, and worth knowing. A note for all. */
export function mendedFailures({ a, b, rows }: Alignment): readonly string[] {
  const ordinals = ordinalsOf(a);
  const mended = rows.flatMap(row => {
    if (!('a' in row && 'b' in row)) return [];
    const [good, bad] = [callAt(a, row.a), callAt(b, row.b)];
    if (!good || !bad || good.error || bad.error) return [];
    const [was, is] = [failed(good), failed(bad)];
    if ((was.length === 0) === (is.length === 0)) return [];
    const side = was.length > 0 ? 'good' : 'bad';
    return [`${side} at call ${ordinals.get(row.a)} (${[...was, ...is].join(', ')})`];
  });
  if (mended.length === 0) return [];
  const more = mended.length > SHOWN ? ` and ${mended.length - SHOWN} more` : '';
  return [`Failures that trying again mended: ${mended.slice(0, SHOWN).join('; ')}${more}.`];
}

const SHOWN = 3;

function callAt({ steps }: Timeline, index: number): CallStep | null {
  const step = steps[index]!;
  return step.kind === 'call' ? step : null;
}

const failed = ({ attempts }: CallStep): readonly string[] =>
  attempts.slice(0, -1).map(({ status, error }) => String(error?.status || status || 'no answer'));
