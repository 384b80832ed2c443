import { RewindError } from '../errors.ts';
import { currentStep } from '../timeline/cursor.ts';
import type { Evaluator } from '../timeline/evaluate.ts';
import type { Hit, Scanner } from '../timeline/scan.ts';
import type { SiteIndex } from '../timeline/site-index.ts';
import type { CallStep, Step, Timeline } from '../timeline/timeline.ts';
import type { Trouble } from '../timeline/troubles.ts';
import { BreakpointBook } from './breakpoint-book.ts';
import { printingScanner, search } from './breakpoint-search.ts';
import type { Client } from './client.ts';
import { Forks } from './forks.ts';
import { FrameBook } from './frames.ts';
import type { LiveRecording } from './live-recording.ts';
import { missedFork } from './missed-fork.ts';
import { goTo } from './moves.ts';
import { Narration } from './narration.ts';
import type { Recording } from './recording.ts';
import { nextTurn } from './slices.ts';
import { Sources } from './sources.ts';
import { type Move, type Stop, stopOf } from './stops.ts';
import { Interrupted } from './task.ts';
import { Tasks } from './tasks.ts';
import { Values } from './values.ts';
import type { OpenRecording, WalkHands, WalkOptions } from './walk-options.ts';
import { stepLine, stepName } from './wording.ts';

/**
 * Walks a recording. The cursor is the number of a step; a move answers nothing itself, it ends in a `stopped`
 * event. What the client sees at a position depends on the position alone, however the cursor came there.
 */
export class Walk {
  readonly values: Values;
  readonly frames = new FrameBook();
  readonly sources: Sources;
  readonly breakpoints: BreakpointBook;
  readonly tasks: Tasks;
  readonly forks: Forks;
  recording: Recording | LiveRecording;
  position = 0;
  /** The exception that the last stop was for. */
  trouble: Trouble | null = null;
  readonly #client: Client;
  readonly #options: WalkOptions;
  readonly #narration: Narration;
  #scanner: Scanner;
  #atEnd = false;
  #moves: Promise<void> = Promise.resolve();
  #closed = false;

  /** Throws RewindError `no-calls`. */
  constructor(open: OpenRecording, client: Client, options: WalkOptions) {
    this.#client = client;
    this.#options = options;
    this.forks = new Forks(options, () => this.timeline);
    this.values = new Values(client.can.supportsVariableType === true, (step, place) =>
      this.forks.isEditable(step, place),
    );
    this.sources = new Sources(client, options.hands.hasFile);
    this.breakpoints = new BreakpointBook(client);
    this.tasks = new Tasks(client);
    this.#narration = new Narration(
      client,
      this.sources,
      () => this.recording,
      fault => options.hands.onFault?.(fault),
    );
    this.recording = this.#open(open);
    this.#scanner = this.#newScanner();
  }

  get timeline(): Timeline {
    return this.recording.timeline;
  }

  get sites(): SiteIndex {
    return this.recording.sites;
  }

  /** Where the recording that a run follows was called from: what its breakpoints on lines will find. */
  get expectedSites(): SiteIndex | null {
    return this.recording.isLive ? this.forks.followedSites : null;
  }

  /** Gives values as they were edited. */
  get evaluator(): Evaluator {
    return this.forks.shown(this.recording.evaluator);
  }

  /** The current step; before the first stop, the first one. */
  get step(): Step {
    const step = this.timeline.steps[Math.max(0, this.position)];
    if (step) return step;
    throw new RewindError('no-call-yet', 'The agent has made no call yet', 'Wait for its first one.');
  }

  /** The step that a frame stands for; without a frame the current one. */
  stepOf(frameId: number | undefined): Step {
    return frameId === undefined ? this.step : this.timeline.steps[this.frames.step(frameId)]!;
  }

  #onGrown(): void {
    this.#scanner = this.#newScanner();
    if (this.recording.isLive) {
      this.breakpoints.verify(this.sites, this.expectedSites);
      if (this.recording.isWhole && !this.#closed) this.#narration.exited();
      return;
    }
    if (!this.recording.isWhole) return;
    this.breakpoints.verify(this.sites);
    if (this.#client.can.supportsInvalidatedEvent) this.#client.send('invalidated', { areas: ['all'] });
  }

  #newScanner(): Scanner {
    return printingScanner(this.evaluator, this.#client, step => {
      this.#narration.pass(step.index);
      return this.sources.linkTo(step, this.sites);
    });
  }

  #open(open: OpenRecording): Recording | LiveRecording {
    const opened: Recording | LiveRecording = open(
      this.tasks,
      // One that was left for a fork may still be read.
      () => this.recording === opened && this.#onGrown(),
      () => this.#narration.printed(),
    );
    return opened;
  }

  /** Where a session opens: at its beginning, a broken run (`rewind mutate`) at its fault. */
  #entry(): number {
    const { start } = this.timeline.session;
    const fault = start.mode === 'mutant' ? (start.parent?.step ?? 0) : 0;
    return Math.max(0, Math.min(fault, this.timeline.steps.length - 1));
  }

  /** The first stop, once the client has set its breakpoints. */
  start(): void {
    for (const warning of this.timeline.session.warnings) this.#narration.warn(warning);
    const { stopAt, stopOnEntry } = this.#options;
    if (this.recording.isLive) this.position = -1;
    if (this.#options.atEdge) {
      this.move(({ steps }) => ({ to: steps.length - 1, way: 'jump', reason: 'entry', early: true }));
      return;
    }
    if (stopAt !== null) goTo(this, stopAt, 'entry');
    else if (stopOnEntry && this.recording.isLive) this.#waitForFirst('entry');
    else if (stopOnEntry) this.#arrive(this.#entry(), { reason: 'entry', description: '' });
    else {
      this.position = -1;
      this.move(() => ({ to: null, way: 'forward', reason: 'pause' }));
    }
  }

  /** An agent that runs is stopped at its first call. */
  #waitForFirst(reason: string): void {
    this.move(() => ({ to: 0, way: 'jump', reason, early: true }));
  }

  /** Answers come first: the move begins when what has arrived is answered. Moves are made one after another. */
  move(where: (timeline: Timeline) => Move): void {
    this.#enqueue(() => this.#moveTo(where));
  }

  /** A move into what comes next, which edits change: the agent is run with them first. */
  goOn(where: (timeline: Timeline) => Move): void {
    this.#enqueue(async () => {
      const point = this.forks.edits.first;
      if (point && !(await this.#forkAt(point, Math.min(this.position, point.index)))) return;
      await this.#moveTo(where);
    });
  }

  /** Runs the agent anew up to a call, with what was edited, and stops there. */
  forkFrom(step: Step): void {
    const call = step.kind === 'call' ? step : (this.timeline.steps[step.from] as CallStep);
    this.forks.check();
    this.#enqueue(async () => {
      const { first } = this.forks.edits;
      const point = first && first.index < call.index ? first : call;
      if (await this.#forkAt(point, null))
        this.#arrive(this.position, { reason: 'restart', description: '' });
    });
  }

  #enqueue(work: () => Promise<void>): void {
    this.#moves = this.#moves.then(async () => {
      await nextTurn();
      if (!this.#closed) await work();
    });
  }

  async #moveTo(where: (timeline: Timeline) => Move): Promise<void> {
    const from = this.position;
    const attempts = this.#attemptsAt(from);
    let seen = from;
    try {
      let early = this.#earlyMove(where);
      while (!early && !this.recording.isWhole && !this.#closed) {
        if (this.recording.isLive) {
          const last = this.recording.lastKnown;
          if (await this.#pass(seen, last)) return;
          seen = Math.max(seen, last);
          this.position = from;
        }
        await this.recording.more();
        if (this.#attemptsAt(from) > attempts && where(this.timeline).reason === 'step') {
          this.#arriveAgain(from);
          return;
        }
        early = this.#earlyMove(where);
      }
      if (this.#closed) return;
      await this.#run(early ?? where(this.timeline), seen);
    } catch (error) {
      if (this.#closed) return;
      const paused = error instanceof Interrupted;
      if (!paused) this.#narration.fault(error);
      if (this.timeline.steps.length === 0) {
        this.#narration.note('The agent has made no call yet; it will be stopped at its first one.');
        this.#waitForFirst('pause');
        return;
      }
      this.#arrive(Math.max(0, paused ? Math.max(this.position, seen) : from), {
        reason: 'pause',
        description: '',
      });
    }
  }

  #attemptsAt(index: number): number {
    const step = this.timeline.steps[index];
    return this.recording.isLive && step?.kind === 'call' ? step.attempts.length : 0;
  }

  /** The agent asked the call again that had failed: it is the same step, with one attempt more. */
  #arriveAgain(index: number): void {
    const step = this.timeline.steps[index]!;
    this.#narration.note(stepLine(step), 'console', this.sources.linkTo(step, this.sites));
    const description = `attempt ${this.#attemptsAt(index)}: ${stepName(step).replace(/^#\d+ /, '')}`;
    this.#arrive(index, { reason: 'step', description });
  }

  /** A move that need not wait until a long recording is read. */
  #earlyMove(where: (timeline: Timeline) => Move): Move | null {
    if (this.recording.isWhole || this.breakpoints.isPending) return null;
    if (this.recording.isLive && this.timeline.steps.length === 0) return null;
    try {
      const move = where(this.timeline);
      const target = move.to ?? (this.recording.isLive && move.way === 'forward' ? null : 0);
      return move.early && target !== null && this.recording.isSettled(target) ? move : null;
    } catch (error) {
      // What is not there yet may be there later; no agent runs on for a step that nobody has seen.
      if (error instanceof RewindError && !this.recording.isLive) return null;
      throw error;
    }
  }

  /** Whether a `continue` would only say again that here is the end. */
  get isAtEnd(): boolean {
    return this.#atEnd;
  }

  /** Goes on to where the agent is held; true where a breakpoint stopped it. */
  async #pass(seen: number, last: number): Promise<boolean> {
    const hit = seen < last && (await this.#scan(seen + 1, last));
    if (hit) this.#arriveAt(hit);
    else if (last >= 0) this.#narration.pass(last);
    return Boolean(hit);
  }

  /** `seen`: up to there, nothing stops. */
  async #run({ to, way, reason }: Move, seen: number): Promise<void> {
    const last = this.timeline.steps.length - 1;
    if (last < 0) {
      this.#narration.nothing();
      this.#options.onEmpty();
      return;
    }
    if (way === 'jump') return this.#arrive(to ?? 0, { reason, description: '' });
    const from = this.position;
    const forward = way === 'forward';
    const target = to ?? (forward ? last : 0);
    const first = forward ? seen + 1 : from - 1;
    const hit = (forward ? first <= target : first >= target) && (await this.#scan(first, target));
    if (hit) {
      this.#arriveAt(hit);
      return;
    }
    if (to === null && !forward && (await this.#changedAt(from))) {
      this.#narration.warn(`The watched value changed at step ${from}, where you were: goto ${from}`);
    }
    const end = to === null && (forward ? 'the end of the recording' : 'the start of the recording');
    this.#arrive(target, { reason: end ? 'pause' : reason, description: end || '' });
    this.#atEnd = forward && to === null;
  }

  /** Whether a data breakpoint stops at a step: where one already stands, going back does not stop. */
  async #changedAt(index: number): Promise<boolean> {
    const watching = this.breakpoints.active.filter(
      ({ trigger, log }) => (trigger.kind === 'change' || trigger.kind === 'result') && !log,
    );
    return (await search(this.#scanner, [index, index], watching, this.tasks, () => undefined)) !== null;
  }

  #scan(from: number, to: number): Promise<Hit | null> {
    return search(this.#scanner, [from, to], this.breakpoints.active, this.tasks, index => {
      this.position = index;
    });
  }

  #arriveAt(hit: Hit): void {
    const { stop, trouble } = stopOf(this.timeline.steps[hit.index]!, hit);
    this.#arrive(hit.index, stop);
    this.trouble = trouble;
  }

  #arrive(index: number, { reason, description, text, hits }: Stop): void {
    const { steps } = this.timeline;
    this.position = index;
    this.#atEnd = false;
    this.trouble = null;
    this.values.reset();
    this.frames.reset();
    this.#narration.pass(index);
    const step = steps[index]!;
    const place = this.recording.isWhole ? `Step ${index} of ${steps.length - 1}` : `Step ${index}`;
    this.#client.send('stopped', {
      reason,
      description: [place, description || stepName(step).replace(/^#\d+ /, '')].join(' · '),
      threadId: step.lane + 1,
      allThreadsStopped: true,
      ...(text === undefined ? {} : { text }),
      ...(hits ? { hitBreakpointIds: hits.map(({ id }) => id) } : {}),
    });
  }

  /** Says again where the cursor is: for a `pause` while nothing runs. */
  sayPaused(): void {
    this.move(() => ({ to: this.position, way: 'jump', reason: 'pause' }));
  }

  get hands(): WalkHands {
    return this.#options.hands;
  }

  /**
   * Runs a fork up to its point, told once: what comes before it is known. `position`: where to stand then; null for the
   * point itself. False where it did not come to it, which is told: everything is then as it was.
   */
  async #forkAt(point: CallStep, position: number | null): Promise<boolean> {
    const { recording: left, position: from } = this;
    try {
      const { open, edited, undo } = await this.forks.start(left, point);
      const recording = this.#open(open) as LiveRecording;
      this.recording = recording;
      this.#scanner = this.#newScanner();
      this.position = -1;
      const hushed = this.#narration.hush();
      while (recording.forkPoint === null && !recording.isWhole) await recording.more();
      if (this.#closed) return false;
      const reached = recording.forkPoint;
      if (reached === null) {
        const empty = this.timeline.steps.length === 0;
        if (empty) this.#narration.nothing();
        undo();
        hushed.undo();
        this.#narration.resume();
        this.recording = left;
        this.#scanner = this.#newScanner();
        const { id } = left.session().start;
        if (!empty) {
          const waiting = this.forks.edits.list.length;
          for (const line of missedFork(point, recording.timeline, id, waiting)) this.#narration.warn(line);
        }
        this.#client.send('rewind/session', { session: id });
        this.#arrive(from, { reason: 'pause', description: 'nothing was forked' });
        return false;
      }
      if (!left.isLive) void left.close();
      const id = recording.timeline.session.start.id.slice(0, 8);
      this.#narration.note(`Forked at step ${point.index}${edited}: session ${id}`);
      this.#narration.resume(reached - 1);
      this.position = position === null ? reached : Math.min(position, reached);
      return true;
    } catch (error) {
      if (this.#closed) return false;
      this.#narration.resume();
      const paused = error instanceof Interrupted;
      if (!paused) this.#narration.fault(error);
      if (this.timeline.steps.length === 0) this.#waitForFirst('pause');
      else {
        const last = this.timeline.steps.length - 1;
        this.#arrive(paused ? last : Math.max(0, Math.min(from, last)), { reason: 'pause', description: '' });
      }
      return false;
    }
  }

  /** Starts over with another run of the agent; breakpoints stay. */
  async restart(open: () => Promise<OpenRecording>): Promise<void> {
    await this.close();
    await this.#moves;
    const opened = await open();
    this.forks.edits.clear();
    this.#narration.anew();
    this.recording = this.#open(opened);
    this.#scanner = this.#newScanner();
    this.#closed = false;
    this.#atEnd = false;
    this.start();
  }

  /** Resolves once nothing of it runs any more. */
  close(): Promise<void> {
    this.#closed = true;
    this.#narration.stop();
    this.tasks.interrupt('disconnect');
    return this.recording.close();
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
