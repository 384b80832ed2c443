import { PRICES, type PriceTable } from '../providers/prices.ts';
import { wholeExchanges } from '../sessions/reader.ts';
import type { SessionReader } from '../sessions/session.ts';
import type { Exchange } from '../wire/exchange.ts';
import { keepSteps, keptSteps } from './kept-steps.ts';
import { SharedCalls } from './shared-calls.ts';
import type { Timeline, TimelineOptions } from './timeline.ts';
import { TimelineBuilder } from './timeline-builder.ts';

/**
 * A timeline that is read slice by slice, so that a debugger can show the first step of a long session at once and stay
 * answerable while the rest is read. Whole, it equals `timelineOf(session)`. One that was read before is whole at once.
 */
export class GrowingTimeline {
  /** Exchanges read so far. */
  read = 0;
  whole = false;
  readonly #calls: SharedCalls;
  readonly #builder: TimelineBuilder;
  readonly #exchanges: Iterator<Exchange>;
  readonly #prices: PriceTable;
  /** Once it is whole. */
  #timeline: Timeline | null;
  #at = 0;

  constructor(session: SessionReader, options: TimelineOptions = {}) {
    this.#calls = new SharedCalls(session);
    this.#builder = new TimelineBuilder(session, options, this.#calls);
    this.#exchanges = wholeExchanges(session);
    this.#prices = options.prices ?? PRICES;
    this.#timeline = keptSteps(session, this.#prices, this.#calls);
    if (this.#timeline) [this.whole, this.read] = [true, session.length];
  }

  /** Reads on for about so many milliseconds; true once everything is read. */
  advance(milliseconds: number): boolean {
    const until = performance.now() + milliseconds;
    while (!this.whole && performance.now() < until) {
      const next = this.#exchanges.next();
      if (next.done) {
        this.whole = true;
        this.#timeline = this.#builder.timeline();
        keepSteps(this.#timeline, this.#prices);
      } else {
        const call = this.#builder.take(next.value);
        if (call) this.#calls.add(next.value.seq, call);
        this.#at = next.value.at;
        this.read++;
      }
    }
    return this.whole;
  }

  /** What was read so far, put together anew. */
  timeline(): Timeline {
    return this.#timeline ?? this.#builder.timeline();
  }

  /**
   * How many of the first steps of `timeline` will stay as they are, whatever is still to be read: nothing can come before
   * them, no retry can follow, and no result is missing.
   */
  settled({ steps }: Timeline): number {
    if (this.whole) return steps.length;
    const open = steps.findIndex(
      step => step.at >= this.#at || (step.kind === 'call' ? step.error !== null : step.to === null),
    );
    return open < 0 ? steps.length : open;
  }
}
