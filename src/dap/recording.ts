import { RewindError } from '../errors.ts';
import type { SessionReader } from '../sessions/session.ts';
import { Evaluator } from '../timeline/evaluate.ts';
import { GrowingTimeline } from '../timeline/growing-timeline.ts';
import { SiteIndex } from '../timeline/site-index.ts';
import type { Timeline, TimelineOptions } from '../timeline/timeline.ts';
import { inSlices, nextTurn } from './slices.ts';
import type { Tasks } from './tasks.ts';
import { count } from './wording.ts';

/** The first stop waits so long for a recording to be read, in milliseconds; what is longer is read behind it. */
const READ_FIRST = 80;
/** And then for so long at a time, so that every request is answered at once. */
const READ_SLICE = 8;
/** The client's first questions come before the rest of the recording. */
const LET_LOOK = 50;

/** A recording that is read behind the debugger's back, with what is looked up in it. */
export class Recording {
  readonly #growing: GrowingTimeline;
  readonly #tasks: Tasks;
  readonly #onWhole: () => void;
  readonly #reading: Promise<void>;
  #timeline: Timeline;
  #settled: number;
  #sites: SiteIndex;
  #evaluator: Evaluator;
  #isWhole = false;
  #closed = false;

  /** `onWhole`: once everything is read, if that was not at once. Throws RewindError `no-calls`. */
  constructor(session: SessionReader, tasks: Tasks, options: TimelineOptions, onWhole: () => void) {
    this.#tasks = tasks;
    this.#onWhole = onWhole;
    this.#growing = new GrowingTimeline(session, options);
    do {
      this.#growing.advance(READ_FIRST);
      this.#timeline = this.#growing.timeline();
    } while (this.#timeline.steps.length === 0 && !this.#growing.whole);
    this.#isWhole = this.#growing.whole;
    this.#settled = this.#growing.settled(this.#timeline);
    if (this.timeline.steps.length === 0) {
      throw new RewindError(
        'no-calls',
        `Session ${session.start.id.slice(0, 8)} has no LLM calls to walk through`,
        '`rewind list` shows what was recorded.',
      );
    }
    this.#sites = new SiteIndex(this.timeline);
    this.#evaluator = new Evaluator(this.timeline);
    this.#reading = this.isWhole ? Promise.resolve() : this.#readOn();
    // A fault while reading is told by the first request that needs the rest.
    this.#reading.catch(() => undefined);
  }

  /** What was read at first; once everything is read, all of it. */
  get timeline(): Timeline {
    return this.#timeline;
  }

  /** Whether everything up to a step is already as it will be when all is read. */
  isSettled(index: number): boolean {
    return index < this.#settled;
  }

  get sites(): SiteIndex {
    return this.#sites;
  }

  get evaluator(): Evaluator {
    return this.#evaluator;
  }

  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Once everything is read. Throws `Interrupted`. */
  async whole(requestId?: number): Promise<Timeline> {
    if (!this.isWhole) {
      const total = count(this.timeline.session.length);
      await this.#tasks.run(
        'Rewind: reading the recording',
        task => inSlices(this.#untilWhole(), task),
        () => `${count(this.#growing.read)} of ${total} exchanges`,
        requestId,
      );
    }
    await this.#reading;
    return this.timeline;
  }

  close(): void {
    this.#closed = true;
  }

  *#untilWhole(): Generator<void, void> {
    while (!this.#closed && !this.#growing.advance(READ_SLICE)) yield;
  }

  async #readOn(): Promise<void> {
    await new Promise(resolve => {
      setTimeout(resolve, LET_LOOK);
    });
    while (!this.#closed && !this.#growing.advance(READ_SLICE)) await nextTurn();
    if (this.#closed) return;
    this.#timeline = this.#growing.timeline();
    this.#settled = this.#timeline.steps.length;
    this.#isWhole = true;
    this.#sites = new SiteIndex(this.timeline);
    this.#evaluator = new Evaluator(this.timeline);
    this.#onWhole();
  }
}
