import { duration, size } from '../amounts.ts';
import type { StepOutline } from '../messages.ts';
import type { Session } from '../session.ts';
import { METRIC_ROWS } from './metric-rows.ts';

/** What stands under the pointer in the rows of numbers. Places are pixels of their canvas, `width` wide. */

export interface OutputHit {
  readonly title: string;
  readonly lines: readonly string[];
}

/** Near enough counts. */
const REACH = 6;
const OUTPUT_REACH = 3;

export function stepInNumbers(session: Session, x: number, y: number, width: number): StepOutline | null {
  const row = rowAt(y);
  if (row === 'output') return null;
  const { axis } = session;
  let best: { step: StepOutline; distance: number } | null = null;
  for (const step of row === 'errors' ? session.errors : session.calls) {
    const start = axis.pixel(axis.startOf(step), width);
    const end = axis.pixel(axis.endOf(step), width);
    const distance = x < start ? start - x : Math.max(0, x - end);
    if (distance <= REACH && (!best || distance <= best.distance)) best = { step, distance };
  }
  return best?.step ?? null;
}

export function outputInNumbers(
  { axis, view }: Session,
  x: number,
  y: number,
  width: number,
): OutputHit | null {
  if (rowAt(y) !== 'output') return null;
  const isNear = (at: number): boolean => Math.abs(axis.pixel(axis.placeOf(at), width) - x) <= OUTPUT_REACH;
  const near = view.output.filter(({ at }) => isNear(at)).slice(0, 4);
  const [first] = near;
  if (!first) return null;
  return {
    title: `Output at ${duration(first.at)}`,
    lines: near.map(({ stream, bytes, text }) => `${stream}, ${size(bytes)}: ${text}`),
  };
}

function rowAt(y: number): string | null {
  let top = 0;
  for (const row of METRIC_ROWS) {
    if (y < top + row.height) return row.id;
    top += row.height;
  }
  return null;
}
