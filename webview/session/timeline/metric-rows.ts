import { count, duration, money, short, size } from '../amounts.ts';
import type { CallOutline } from '../messages.ts';
import type { Palette } from '../palette.ts';
import { type Session, speedOf } from '../session.ts';

/** A row below the lanes: one number of every call, or marks. */
export interface MetricRow {
  readonly id: string;
  readonly label: string;
  readonly height: number;
  /** What its highest bar stands for, or what is in it. */
  readonly note: (session: Session) => string;
  /** Names of its colours, of the palette. */
  readonly legend?: readonly (readonly [name: string, colour: string])[];
  readonly paint: (to: CanvasRenderingContext2D, session: Session, at: RowPlace, palette: Palette) => void;
}

export interface RowPlace {
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const PAD = 3;

export const METRIC_ROWS: readonly MetricRow[] = [
  {
    id: 'tokens',
    label: 'Context',
    height: 52,
    note: ({ peaks }) => (peaks.tokens > 0 ? `up to ${short(peaks.tokens)} tokens` : 'no usage told'),
    legend: [
      ['answer', 'output'],
      ['new', 'input'],
      ['cached', 'cached'],
    ],
    paint: paintTokens,
  },
  {
    id: 'latency',
    label: 'Latency',
    height: 30,
    note: ({ peaks }) => `up to ${duration(peaks.ms)}`,
    paint: paintLatency,
  },
  {
    id: 'streaming',
    label: 'Streaming',
    height: 26,
    note: ({ peaks }) => (peaks.speed > 0 ? `up to ${short(peaks.speed)} tok/s` : 'none'),
    paint: (to, session, at, palette) =>
      eachBar(session, at, speedOf, session.peaks.speed, (_, x, y, width, height) => {
        to.fillStyle = palette.stream;
        to.fillRect(x, y, width, height);
      }),
  },
  {
    id: 'cost',
    label: 'Cost',
    height: 30,
    note: ({ view }) => money(view.totals.costUsd, view.totals.costIncomplete),
    paint: paintCost,
  },
  {
    id: 'errors',
    label: 'Errors',
    height: 18,
    note: ({ errors }) => (errors.length > 0 ? count(errors.length) : 'none'),
    paint: paintErrors,
  },
  {
    id: 'output',
    label: 'Output',
    height: 22,
    note: ({ view }) => size(view.output.reduce((sum, { bytes }) => sum + bytes, 0)),
    paint: paintOutput,
  },
];

type BarPainter = (call: CallOutline, x: number, y: number, width: number, height: number) => void;

/** So many pixels are one bar where calls stand close. */
const NARROW = 2;

/** Calls in view as bars; of many in one place, the highest. */
function eachBar(
  session: Session,
  { top, width, height }: RowPlace,
  numberOf: (call: CallOutline) => number | null,
  peak: number,
  paint: BarPainter,
): void {
  const { axis } = session;
  const scale = peak > 0 ? (height - 2 * PAD) / peak : 0;
  let slot = Number.NEGATIVE_INFINITY;
  let best: { call: CallOutline; value: number; x: number; end: number } | null = null;
  const flush = (): void => {
    if (!best) return;
    const bar = Math.max(1, best.value * scale);
    const wide = best.end - best.x > 5 ? 1 : 0;
    paint(best.call, best.x, top + height - PAD - bar, Math.max(NARROW, best.end - best.x - wide), bar);
  };
  for (const call of session.calls) {
    const value = numberOf(call);
    if (value === null || value <= 0) continue;
    const x = axis.pixel(axis.startOf(call), width);
    const end = axis.pixel(axis.endOf(call), width);
    if (end < 0 || x > width) continue;
    if (Math.floor(x / NARROW) === slot && best && end - x < NARROW) {
      if (value > best.value) best = { call, value, x, end };
      continue;
    }
    flush();
    slot = Math.floor(x / NARROW);
    best = { call, value, x: Math.max(x, -2), end: Math.min(end, width + 2) };
  }
  flush();
}

/** The context as it grows: what was cached, what was not, and the answer on top. Other lanes stay pale. */
function paintTokens(to: CanvasRenderingContext2D, session: Session, at: RowPlace, palette: Palette): void {
  const lane = session.step?.lane;
  const many = session.view.lanes.length > 1;
  const pale = palette.highContrast ? 0.6 : 0.3;
  const total = ({ tokens }: CallOutline): number | null => tokens && tokens.input + tokens.output;
  eachBar(session, at, total, session.peaks.tokens, (call, x, y, width, height) => {
    const { input, output, cached } = call.tokens!;
    const part = (tokens: number): number => (height * tokens) / (input + output);
    to.globalAlpha = many && call.lane !== lane ? pale : 1;
    to.fillStyle = palette.output;
    to.fillRect(x, y, width, part(output));
    to.fillStyle = palette.input;
    to.fillRect(x, y + part(output), width, part(input - cached));
    to.fillStyle = palette.cached;
    to.fillRect(x, y + part(output + input - cached), width, part(cached));
    if (call.context.history === 'rewritten') {
      to.fillStyle = palette.warning;
      to.fillRect(x - 1, at.top + 1, 2, at.height - 4);
    }
    to.globalAlpha = 1;
  });
}

function paintLatency(to: CanvasRenderingContext2D, session: Session, at: RowPlace, palette: Palette): void {
  eachBar(
    session,
    at,
    ({ ms }) => ms,
    session.peaks.ms,
    (call, x, y, width, height) => {
      const wait = call.ttftMs === null || !call.ms ? 0 : height * Math.min(1, call.ttftMs / call.ms);
      to.fillStyle = palette.wait;
      to.globalAlpha = 0.5;
      to.fillRect(x, y, width, height - wait);
      to.globalAlpha = 1;
      to.fillRect(x, y + height - wait, width, wait);
      if (wait === 0) {
        to.globalAlpha = 0.5;
        to.fillRect(x, y, width, height);
        to.globalAlpha = 1;
      }
    },
  );
}

/** What was spent so far. */
function paintCost(to: CanvasRenderingContext2D, session: Session, at: RowPlace, palette: Palette): void {
  const { axis, peaks } = session;
  if (peaks.costUsd <= 0) return;
  const bottom = at.top + at.height - PAD;
  const scale = (at.height - 2 * PAD) / peaks.costUsd;
  to.beginPath();
  to.moveTo(axis.pixel(0, at.width), bottom);
  let y = bottom;
  let drawn = Number.NEGATIVE_INFINITY;
  for (const [end, spent] of spentBy(session)) {
    const x = axis.pixel(end, at.width);
    const next = bottom - spent * scale;
    if (x < -1 || x - drawn < 1) {
      y = next;
      continue;
    }
    drawn = x;
    to.lineTo(Math.min(x, at.width + 1), y);
    if (x > at.width) break;
    to.lineTo(x, next);
    y = next;
  }
  const right = Math.min(at.width, axis.pixel(axis.extent, at.width));
  to.lineTo(right, y);
  to.strokeStyle = palette.cost;
  to.lineWidth = 1.5;
  to.stroke();
  to.lineTo(right, bottom);
  to.lineTo(axis.pixel(0, at.width), bottom);
  to.globalAlpha = 0.18;
  to.fillStyle = palette.cost;
  to.fill();
  to.globalAlpha = 1;
}

const spending = new WeakMap<Session['axis'], readonly (readonly [end: number, spent: number])[]>();

function spentBy({ axis, calls }: Session): readonly (readonly [end: number, spent: number])[] {
  const known = spending.get(axis);
  if (known) return known;
  let spent = 0;
  const points = calls
    .filter(({ costUsd }) => costUsd !== null)
    .map(call => [axis.endOf(call), call.costUsd!] as const)
    .sort(([a], [b]) => a - b)
    .map(([end, cost]) => {
      spent += cost;
      return [end, spent] as const;
    });
  spending.set(axis, points);
  return points;
}

function paintErrors(to: CanvasRenderingContext2D, session: Session, at: RowPlace, palette: Palette): void {
  const { axis } = session;
  const middle = at.top + at.height / 2;
  let drawn = Number.NEGATIVE_INFINITY;
  to.lineWidth = 2;
  for (const step of session.errors) {
    const x = axis.pixel((axis.startOf(step) + Math.min(axis.endOf(step), axis.extent)) / 2, at.width);
    if (x < -6 || x > at.width + 6 || x - drawn < 3) continue;
    drawn = x;
    to.strokeStyle = step.failed ? palette.error : palette.warning;
    to.beginPath();
    to.moveTo(x - 3.5, middle - 3.5);
    to.lineTo(x + 3.5, middle + 3.5);
    to.moveTo(x + 3.5, middle - 3.5);
    to.lineTo(x - 3.5, middle + 3.5);
    to.stroke();
  }
}

/** Standard output above the line, standard error below it. */
function paintOutput(to: CanvasRenderingContext2D, session: Session, at: RowPlace, palette: Palette): void {
  const { axis, view } = session;
  const middle = at.top + at.height / 2;
  const drawn = { stdout: Number.NEGATIVE_INFINITY, stderr: Number.NEGATIVE_INFINITY };
  for (const { at: moment, stream } of view.output) {
    const x = axis.pixel(axis.placeOf(moment), at.width);
    if (x < 0 || x > at.width || x - drawn[stream] < 1) continue;
    drawn[stream] = x;
    to.fillStyle = stream === 'stdout' ? palette.stdout : palette.warning;
    to.fillRect(x, stream === 'stdout' ? middle - 7 : middle + 1, 1.5, 6);
  }
}
