import { RewindError } from '../errors.ts';
import type { SessionReader } from '../sessions/session.ts';
import type { Breakpoint } from '../timeline/breakpoints.ts';
import { currentStep } from '../timeline/cursor.ts';
import { Evaluator } from '../timeline/evaluate.ts';
import { GrowingTimeline } from '../timeline/growing-timeline.ts';
import { type Hit, Scanner } from '../timeline/scan.ts';
import { SiteIndex } from '../timeline/site-index.ts';
import type { Step, Timeline, TimelineOptions } from '../timeline/timeline.ts';
import { type Trouble, troubleOf } from '../timeline/troubles.ts';
import { BreakpointBook } from './breakpoint-book.ts';
import type { Client } from './client.ts';
import { errorText } from './error-text.ts';
import { FrameBook } from './frames.ts';
import { plainLine } from './hostile-text.ts';
import { goTo } from './moves.ts';
import { inSlices, nextTurn } from './slices.ts';
import { type HasFile, Sources } from './sources.ts';
import { Interrupted, type Interruption, Task } from './task.ts';
import { Transcript } from './transcript.ts';
import { Values } from './values.ts';
import { count, stepName } from './wording.ts';

/** The first stop waits so long for a recording to be read, in milliseconds; what is longer is read behind it. */
const READ_FIRST = 80;
/** And then for so long at a time, so that every request is answered at once. */
const READ_SLICE = 8;

/** Where a move leads, and what to say when it gets there. */
export interface Move {
  /** Null: to the end of the recording, or to its start. */
  readonly to: number | null;
  readonly way: 'forward' | 'backward' | 'jump';
  readonly reason: string;
}

interface Stop {
  readonly reason: string;
  readonly description: string;
  readonly text?: string;
  readonly hits?: readonly Breakpoint[];
}

export interface WalkOptions extends TimelineOptions {
  readonly hasFile: HasFile;
  readonly onFault: (fault: unknown) => void;
  readonly stopOnEntry: boolean;
  readonly stopAt: number | null;
}

/**
 * Walks a finished recording. The cursor is the number of a step; a move answers nothing itself, it ends in a `stopped`
 * event. What the client sees at a position depends on the position alone, however the cursor came there.
 */
export class Walk {
  readonly values: Values;
  readonly frames = new FrameBook();
  readonly sources: Sources;
  readonly breakpoints: BreakpointBook;
  position = 0;
  /** The exception that the last stop was for. */
  trouble: Trouble | null = null;
  sites: SiteIndex;
  evaluator: Evaluator;
  readonly #client: Client;
  readonly #options: WalkOptions;
  readonly #growing: GrowingTimeline;
  readonly #transcript: Transcript;
  readonly #tasks = new Set<Task>();
  #scanner: Scanner;
  #taskIds = 0;
  #atEnd = false;
  #moves: Promise<void> = Promise.resolve();
  #reading: Promise<void>;
  #closed = false;

  /** Throws RewindError `no-calls`. */
  constructor(session: SessionReader, client: Client, options: WalkOptions) {
    this.#client = client;
    this.#options = options;
    this.#growing = new GrowingTimeline(session, options);
    this.#growing.advance(READ_FIRST);
    while (this.timeline.steps.length === 0 && !this.#growing.whole) this.#growing.advance(READ_FIRST);
    if (this.timeline.steps.length === 0) {
      throw new RewindError(
        'no-calls',
        `Session ${session.start.id.slice(0, 8)} has no LLM calls to walk through`,
        '`rewind list` shows what was recorded.',
      );
    }
    this.values = new Values(client.can.supportsVariableType === true);
    this.sources = new Sources(client, options.hasFile);
    this.breakpoints = new BreakpointBook(client);
    this.#transcript = new Transcript(client);
    this.sites = new SiteIndex(this.timeline);
    this.evaluator = new Evaluator(this.timeline);
    this.#scanner = this.#newScanner();
    this.#reading = this.#growing.whole ? Promise.resolve() : this.#readOn();
    // A fault while reading is told by the first request that needs the rest.
    this.#reading.catch(() => undefined);
  }

  get timeline(): Timeline {
    return this.#growing.timeline;
  }

  get isWhole(): boolean {
    return this.#growing.whole;
  }

  /** The current step; before the first stop, the first one. */
  get step(): Step {
    return this.timeline.steps[Math.max(0, this.position)]!;
  }

  /** The step that a frame stands for; without a frame the current one. */
  stepOf(frameId: number | undefined): Step {
    return frameId === undefined ? this.step : this.timeline.steps[this.frames.step(frameId)]!;
  }

  /** Once the whole recording is read. */
  async whole(requestId?: number): Promise<Timeline> {
    if (!this.isWhole) {
      const total = this.timeline.session.length;
      await this.task(
        'Rewind: reading the recording',
        task => inSlices(this.#untilWhole(), task).then(() => this.#reading),
        () => `${count(this.#growing.read)} of ${count(total)} exchanges`,
        requestId,
      );
    }
    return this.timeline;
  }

  *#untilWhole(): Generator<void, void> {
    while (!this.isWhole && !this.#closed) {
      this.#growing.advance(READ_SLICE);
      yield;
    }
  }

  async #readOn(): Promise<void> {
    // The client's first questions come before the rest of the recording.
    await new Promise(resolve => {
      setTimeout(resolve, 50);
    });
    while (!this.#closed && !this.#growing.advance(READ_SLICE)) await nextTurn();
    if (this.#closed) return;
    this.sites = new SiteIndex(this.timeline);
    this.evaluator = new Evaluator(this.timeline);
    this.#scanner = this.#newScanner();
    this.breakpoints.verify(this.sites);
    if (this.#client.can.supportsInvalidatedEvent) this.#client.send('invalidated', { areas: ['all'] });
  }

  #newScanner(): Scanner {
    return new Scanner(this.evaluator, {
      log: (_, step, text) => {
        this.#transcript.pass(this.timeline, step.index, this.sources, this.sites);
        this.#client.send('output', {
          category: 'console',
          output: `${plainLine(text)}\n`,
          ...this.sources.linkTo(step, this.sites),
        });
      },
      problem: (breakpoint, step, error) => {
        this.#client.send('output', {
          category: 'important',
          output: `Breakpoint ${breakpoint.id} at step ${step.index}: ${plainLine(errorText(error))}\n`,
        });
      },
    });
  }

  /** The first stop, once the client has set its breakpoints. */
  start(): void {
    for (const warning of this.timeline.session.warnings) {
      this.#client.send('output', { category: 'important', output: `${plainLine(warning)}\n` });
    }
    const { stopAt, stopOnEntry } = this.#options;
    if (stopAt !== null) goTo(this, stopAt, 'entry');
    else if (stopOnEntry) this.#arrive(0, { reason: 'entry', description: '' });
    else {
      this.position = -1;
      this.move(() => ({ to: null, way: 'forward', reason: 'pause' }));
    }
  }

  /** Answers come first: the move begins when what has arrived is answered. Moves are made one after another. */
  move(where: (timeline: Timeline) => Move): void {
    this.#moves = this.#moves.then(async () => {
      await nextTurn();
      if (this.#closed) return;
      const from = this.position;
      try {
        const timeline = await this.whole();
        await this.#run(where(timeline));
      } catch (error) {
        if (this.#closed) return;
        const paused = error instanceof Interrupted;
        if (!paused) this.#tellFault(error);
        this.#arrive(Math.max(0, paused ? this.position : from), { reason: 'pause', description: '' });
      }
    });
  }

  #tellFault(error: unknown): void {
    const known = error instanceof RewindError;
    if (!known) this.#options.onFault(error);
    const text = known
      ? errorText(error)
      : `Rewind failed: ${error instanceof Error ? error.message : String(error)}`;
    this.#client.send('output', { category: 'important', output: `${plainLine(text)}\n` });
  }

  /** Whether a `continue` would only say again that here is the end. */
  get isAtEnd(): boolean {
    return this.#atEnd;
  }

  async #run({ to, way, reason }: Move): Promise<void> {
    const last = this.timeline.steps.length - 1;
    if (way === 'jump') return this.#arrive(to ?? 0, { reason, description: '' });
    const forward = way === 'forward';
    const target = to ?? (forward ? last : 0);
    const first = this.position + (forward ? 1 : -1);
    const hit = (forward ? first <= target : first >= target) && (await this.#scan(first, target));
    if (hit) {
      this.#arriveAt(hit);
      return;
    }
    const end = to === null && (forward ? 'the end of the recording' : 'the start of the recording');
    this.#arrive(target, { reason: end ? 'pause' : reason, description: end || '' });
    this.#atEnd = forward && to === null;
  }

  #scan(from: number, to: number): Promise<Hit | null> {
    const breakpoints = this.breakpoints.active;
    const total = Math.abs(to - from);
    let looked = 0;
    const scanner = this.#scanner;
    const walk = this;
    function* work(): Generator<number, Hit | null> {
      const scan = scanner.scan(from, to, breakpoints);
      for (let next = scan.next(); ; next = scan.next()) {
        if (next.done) return next.value;
        looked = Math.abs(next.value - from);
        walk.position = next.value;
        yield next.value;
      }
    }
    return this.task(
      'Rewind: looking for a breakpoint',
      task => inSlices(work(), task),
      () => `${count(looked)} of ${count(total)} steps`,
    );
  }

  #arriveAt({ index, breakpoints }: Hit): void {
    const triggers = breakpoints.map(({ trigger }) => trigger);
    const step = this.timeline.steps[index]!;
    const troubled = triggers.find(trigger => trigger.kind === 'trouble');
    const trouble = troubled ? troubleOf(step, troubled.trouble) : null;
    const kinds = triggers.map(({ kind }) => kind);
    const data = kinds.some(kind => kind === 'change' || kind === 'result');
    const reason = trouble
      ? 'exception'
      : data
        ? 'data breakpoint'
        : kinds.includes('name')
          ? 'function breakpoint'
          : 'breakpoint';
    this.#arrive(index, {
      reason,
      description: trouble ? plainLine(trouble.name) : data ? 'the watched value changed here' : '',
      ...(trouble ? { text: plainLine(trouble.message) } : {}),
      hits: breakpoints,
    });
    this.trouble = trouble;
  }

  #arrive(index: number, { reason, description, text, hits }: Stop): void {
    const { steps } = this.timeline;
    this.position = index;
    this.#atEnd = false;
    this.trouble = null;
    this.values.reset();
    this.frames.reset();
    this.#transcript.pass(this.timeline, index, this.sources, this.sites);
    const step = steps[index]!;
    const place = this.isWhole ? `Step ${index} of ${steps.length - 1}` : `Step ${index}`;
    this.#client.send('stopped', {
      reason,
      description: [place, description || stepName(step).replace(/^#\d+ /, '')].join(' · '),
      threadId: step.lane + 1,
      allThreadsStopped: true,
      ...(text === undefined ? {} : { text }),
      ...(hits ? { hitBreakpointIds: hits.map(({ id }) => id) } : {}),
    });
  }

  /** Work that may be long: shown to the client, and ended by `interrupt`. */
  async task<T>(
    title: string,
    work: (task: Task) => Promise<T>,
    message?: () => string,
    requestId?: number,
  ): Promise<T> {
    const task = new Task(this.#client, `rewind-${++this.#taskIds}`, title, message, requestId);
    this.#tasks.add(task);
    try {
      return await work(task);
    } finally {
      this.#tasks.delete(task);
      task.end();
    }
  }

  interrupt(by: Interruption, which: (task: Task) => boolean = () => true): void {
    for (const task of this.#tasks) if (which(task)) task.interrupt(by);
  }

  get isBusy(): boolean {
    return this.#tasks.size > 0;
  }

  /** Says again where the cursor is: for a `pause` while nothing runs. */
  sayPaused(): void {
    this.move(() => ({ to: this.position, way: 'jump', reason: 'pause' }));
  }

  close(): void {
    this.#closed = true;
    this.interrupt('disconnect');
  }

  /** The lane of a thread; throws where it has not begun. */
  laneOf(threadId: number): number {
    const lane = threadId - 1;
    if (currentStep(this.timeline, lane, this.position)) return lane;
    throw new RewindError(
      'no-such-thread',
      `There is no lane ${lane} at step ${this.position}`,
      'Ask for threads.',
    );
  }
}
