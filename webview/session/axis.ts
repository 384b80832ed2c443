import type { SessionView, StepOutline } from './messages.ts';

/** What is drawn from left to right: milliseconds, or one step after the other. */
export type AxisKind = 'time' | 'steps';

/** Where things stand on the axis, in its own units, and which part of it is in view. */
export class Axis {
  readonly kind: AxisKind;
  /** The axis runs from 0 to here. */
  readonly extent: number;
  /** The part in view. */
  from = 0;
  to: number;
  readonly #view: SessionView;
  /** The latest beginning of a step up to each, for placing other times between steps. */
  readonly #begun: Float64Array;

  constructor(kind: AxisKind, view: SessionView) {
    this.kind = kind;
    this.#view = view;
    this.extent = kind === 'time' ? Math.max(view.durationMs, 1) : Math.max(view.steps.length, 1);
    this.to = this.extent;
    this.#begun = new Float64Array(view.steps.length);
    let latest = 0;
    view.steps.forEach(({ at }, i) => {
      latest = Math.max(latest, at);
      this.#begun[i] = latest;
    });
  }

  startOf(step: StepOutline): number {
    return this.kind === 'time' ? step.at : step.index;
  }

  /** A step that never ended lasts as long as the recording. */
  endOf(step: StepOutline): number {
    if (this.kind === 'steps') return step.index + 1;
    if (step.ms !== null) return step.at + step.ms;
    return step.kind === 'call' ? this.extent : step.at;
  }

  /** Where the first byte came; the end for answers that are no stream. */
  firstByteOf(step: StepOutline): number {
    if (step.kind === 'tool' || step.ttftMs === null) return this.endOf(step);
    return this.within(step, step.ttftMs);
  }

  /** The place so many milliseconds into a step. */
  within(step: StepOutline, ms: number): number {
    if (this.kind === 'time') return step.at + ms;
    return step.index + (step.ms === null || step.ms <= 0 ? 0 : Math.min(1, ms / step.ms));
  }

  /** The place of a moment, in milliseconds since the session's start. */
  placeOf(at: number): number {
    if (this.kind === 'time') return at;
    const after = upperBound(this.#begun, at);
    const [before, next] = [this.#begun[after - 1] ?? 0, this.#begun[after] ?? this.#view.durationMs];
    const share = next > before ? Math.min(1, (at - before) / (next - before)) : 0;
    return Math.max(0, after - 1 + share);
  }

  get span(): number {
    return this.to - this.from;
  }

  pixel(place: number, width: number): number {
    return ((place - this.from) / this.span) * width;
  }

  place(pixel: number, width: number): number {
    return this.from + (pixel / width) * this.span;
  }

  /** Zooms by a factor (below 1: closer) around a place. */
  zoom(factor: number, around: number): void {
    const span = this.span * factor;
    const share = (around - this.from) / this.span;
    this.show(around - share * span, around + (1 - share) * span);
  }

  pan(by: number): void {
    this.show(this.from + by, this.to + by);
  }

  /** Brings a part into view, as far as there is such a part. */
  show(from: number, to: number): void {
    const smallest = this.kind === 'time' ? Math.min(5, this.extent) : Math.min(4, this.extent);
    const span = Math.min(this.extent, Math.max(smallest, to - from));
    const middle = (from + to) / 2;
    this.from = Math.min(Math.max(0, middle - span / 2), this.extent - span);
    this.to = this.from + span;
  }

  /** Moves the view as little as is needed to see a step, with some room around it. */
  reveal(step: StepOutline): boolean {
    const [start, end] = [this.startOf(step), this.endOf(step)];
    const room = Math.min(this.span * 0.08, this.extent * 0.02);
    if (start >= this.from && Math.min(end, start + this.span * 0.5) <= this.to) return false;
    if (start < this.from) this.show(start - room, start - room + this.span);
    else
      this.show(Math.min(start, end - this.span) - room, Math.min(start, end - this.span) - room + this.span);
    if (start < this.from || start > this.to) this.show(start - this.span / 2, start + this.span / 2);
    return true;
  }
}

/** How many of the rising numbers are at most `limit`. */
export function upperBound(rising: Float64Array, limit: number): number {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rising[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Round numbers about `spacing` pixels apart, in view. */
export function ticks(axis: Axis, width: number, spacing = 96): readonly number[] {
  const rough = (axis.span * spacing) / Math.max(width, 1);
  const step = axis.kind === 'time' ? niceTime(rough) : Math.max(1, niceNumber(rough));
  const out: number[] = [];
  for (let i = Math.ceil(axis.from / step); i * step <= axis.to; i++) out.push(i * step);
  return out;
}

function niceNumber(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(rough, 1e-6)));
  return [1, 2, 5, 10].map(one => one * power).find(one => one >= rough) ?? power * 10;
}

const LONG = [60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400].map(s => s * 1000);

function niceTime(rough: number): number {
  if (rough <= 20_000) return niceNumber(rough);
  if (rough <= 30_000) return 30_000;
  return LONG.find(one => one >= rough) ?? niceNumber(rough);
}
