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
/** But so many exchanges are read on the slowest machine: a short recording is whole at its first stop. */
const SHORT = 32;
/** And then for so long at a time, so that every request is answered at once. */
const READ_SLICE = 8;
/** The client's first questions come before the rest of the recording. */
const LET_LOOK = 50;

/** What was read is looked at anew when so many times more is read. */
const GROWTH = 4;

/** A recording that is read behind the debugger's back, with what is looked up in it. */
export class Recording {
  readonly isLive = false;
  readonly #growing: GrowingTimeline;
  readonly #tasks: Tasks;
  readonly #onGrown: () => void;
  #timeline: Timeline;
  #settled = 0;
  #sites: SiteIndex;
  #evaluator: Evaluator;
  #looks = 0;
  #nextLook = 0;
  #isWhole = false;
  #closed = false;
  #fault: unknown;

  /** `onGrown`: there is more of it now, and all of it once `isWhole`. Throws RewindError `no-calls`. */
  constructor(session: SessionReader, tasks: Tasks, options: TimelineOptions, onGrown: () => void) {
    this.#tasks = tasks;
    this.#onGrown = onGrown;
    this.#growing = new GrowingTimeline(session, options);
    do {
      this.#growing.advance(READ_FIRST);
      this.#timeline = this.#growing.timeline();
    } while ((this.#timeline.steps.length === 0 || this.#growing.read < SHORT) && !this.#growing.whole);
    if (this.#timeline.steps.length === 0) {
      throw new RewindError(
        'no-calls',
        `Session ${session.start.id.slice(0, 8)} has no LLM calls to walk through`,
        '`rewind list` shows what was recorded.',
      );
    }
    this.#sites = new SiteIndex(this.#timeline);
    this.#evaluator = new Evaluator(this.#timeline);
    this.#look();
    if (!this.#isWhole) void this.#readOn();
  }

  /** What was read when it was last looked at; the first `isSettled` steps stay what they are. */
  get timeline(): Timeline {
    return this.#timeline;
  }

  get sites(): SiteIndex {
    return this.#sites;
  }

  /** What breakpoints on lines can be found in; null while it is being read. */
  get knownSites(): SiteIndex | null {
    return this.#isWhole ? this.#sites : null;
  }

  get evaluator(): Evaluator {
    return this.#evaluator;
  }

  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Whether everything up to a step is already as it will be when all is read. */
  isSettled(index: number): boolean {
    return index < this.#settled;
  }

  /** Once everything is read. Throws `Interrupted`. */
  async whole(requestId?: number): Promise<Timeline> {
    await this.#until(() => this.#isWhole, requestId);
    return this.#timeline;
  }

  /** Once there is more to see than now. Throws `Interrupted`. */
  async more(): Promise<void> {
    const looks = this.#looks;
    await this.#until(() => this.#isWhole || this.#looks > looks);
  }

  session(): SessionReader {
    return this.#timeline.session;
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  async #until(enough: () => boolean, requestId?: number): Promise<void> {
    if (enough()) return;
    const total = count(this.#timeline.session.length);
    await this.#tasks.run(
      'Rewind: reading the recording',
      task => inSlices(this.#readUntil(enough), task),
      () => `${count(this.#growing.read)} of ${total} exchanges`,
      requestId,
    );
  }

  *#readUntil(enough: () => boolean): Generator<void, void> {
    while (!this.#closed && !enough()) {
      this.#advance();
      yield;
    }
  }

  async #readOn(): Promise<void> {
    await new Promise(resolve => {
      setTimeout(resolve, LET_LOOK);
    });
    try {
      while (!this.#closed && !this.#isWhole) {
        this.#advance();
        await nextTurn();
      }
    } catch (fault) {
      // Told by the first request that needs the rest.
      this.#fault = fault;
    }
  }

  #advance(): void {
    if (this.#fault !== undefined) throw this.#fault;
    const whole = this.#growing.advance(READ_SLICE);
    if (!whole && this.#growing.read < this.#nextLook) return;
    this.#timeline = this.#growing.timeline();
    this.#sites = new SiteIndex(this.#timeline);
    this.#evaluator = new Evaluator(this.#timeline);
    this.#look();
    this.#onGrown();
  }

  #look(): void {
    this.#looks++;
    this.#nextLook = this.#growing.read * GROWTH;
    this.#isWhole = this.#growing.whole;
    this.#settled = this.#growing.settled(this.#timeline);
  }
}
