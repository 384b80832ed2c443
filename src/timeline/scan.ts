import { RewindError } from '../errors.ts';
import { type Breakpoint, isTriggered, logText } from './breakpoints.ts';
import type { Evaluator } from './evaluate.ts';
import type { Step } from './timeline.ts';

export interface Hit {
  readonly index: number;
  readonly breakpoints: readonly Breakpoint[];
}

export interface ScanListener {
  /** A logpoint was passed. */
  log(breakpoint: Breakpoint, step: Step, text: string): void;
  /** A condition has no value at a step: it counts as no. */
  problem(breakpoint: Breakpoint, step: Step, error: RewindError): void;
}

/**
 * Looks for breakpoints along a timeline. Hits are numbered from the start of the recording, whichever way and from
 * wherever one looks, so that a hit condition means the same step forwards, backwards and after a jump.
 */
export class Scanner {
  readonly #evaluator: Evaluator;
  readonly #listener: ScanListener;
  readonly #counts = new WeakMap<Breakpoint, { next: number; readonly hits: number[] }>();

  constructor(evaluator: Evaluator, listener: ScanListener) {
    this.#evaluator = evaluator;
    this.#listener = listener;
  }

  /**
   * The first hit from step `from` to step `to`, both included, in either direction; null without one. Yields the
   * position between steps, so that the caller can keep an eye on the clock.
   */
  *scan(from: number, to: number, breakpoints: readonly Breakpoint[]): Generator<number, Hit | null> {
    const { steps } = this.#evaluator.timeline;
    const way = from <= to ? 1 : -1;
    if (breakpoints.length === 0) return null;
    for (let index = from; index !== to + way; index += way) {
      const step = steps[index]!;
      const hit: Breakpoint[] = [];
      for (const breakpoint of breakpoints) {
        if (!this.#matches(breakpoint, step)) continue;
        if (breakpoint.hits && !breakpoint.hits(yield* this.#number(breakpoint, index))) continue;
        if (breakpoint.log) this.#log(breakpoint, step);
        else hit.push(breakpoint);
      }
      if (hit.length > 0) return { index, breakpoints: hit };
      yield index;
    }
    return null;
  }

  /** Which of a breakpoint's hits this step is. */
  *#number(breakpoint: Breakpoint, index: number): Generator<number, number> {
    const count = this.#counts.get(breakpoint) ?? { next: 0, hits: [] };
    this.#counts.set(breakpoint, count);
    for (; count.next <= index; count.next++) {
      if (this.#matches(breakpoint, this.#evaluator.timeline.steps[count.next]!)) count.hits.push(count.next);
      yield index;
    }
    return count.hits.indexOf(index) + 1;
  }

  #matches(breakpoint: Breakpoint, step: Step): boolean {
    try {
      if (!isTriggered(breakpoint, step, this.#evaluator)) return false;
      return !breakpoint.condition || this.#evaluator.holds(breakpoint.condition, step);
    } catch (error) {
      this.#problem(breakpoint, step, error);
      return false;
    }
  }

  #log(breakpoint: Breakpoint, step: Step): void {
    try {
      this.#listener.log(breakpoint, step, logText(breakpoint.log!, this.#evaluator, step));
    } catch (error) {
      this.#problem(breakpoint, step, error);
    }
  }

  #problem(breakpoint: Breakpoint, step: Step, error: unknown): void {
    if (!(error instanceof RewindError)) throw error;
    this.#listener.problem(breakpoint, step, error);
  }
}
