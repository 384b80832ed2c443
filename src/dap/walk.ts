import { RewindError } from '../errors.ts';
import type { SessionReader } from '../sessions/session.ts';
import { continuedSession } from '../tape/continued-session.ts';
import type { Fork } from '../tape/fork.ts';
import type { Breakpoint } from '../timeline/breakpoints.ts';
import { currentStep } from '../timeline/cursor.ts';
import type { Evaluator } from '../timeline/evaluate.ts';
import { type Hit, Scanner } from '../timeline/scan.ts';
import { SiteIndex } from '../timeline/site-index.ts';
import { type EarlierEdits, forkOf, isEditable, NO_EDITS, type StepEdit } from '../timeline/step-edit.ts';
import { type CallStep, type Step, type Timeline, timelineOf } from '../timeline/timeline.ts';
import { type Trouble, troubleOf } from '../timeline/troubles.ts';
import { BreakpointBook } from './breakpoint-book.ts';
import type { Client } from './client.ts';
import { EditedEvaluator, Edits } from './edits.ts';
import { errorText } from './error-text.ts';
import { exitCode } from './exit-code.ts';
import { FrameBook } from './frames.ts';
import { plainLine } from './hostile-text.ts';
import type { LiveRecording } from './live-recording.ts';
import { goTo } from './moves.ts';
import type { Recording } from './recording.ts';
import { inSlices, nextTurn } from './slices.ts';
import { type HasFile, Sources } from './sources.ts';
import { Interrupted } from './task.ts';
import { Tasks } from './tasks.ts';
import { Transcript } from './transcript.ts';
import { Values } from './values.ts';
import { count, stepName } from './wording.ts';

/** Where a move leads, and what to say when it gets there. */
export interface Move {
  /** Null: to the end of the recording, or to its start. */
  readonly to: number | null;
  readonly way: 'forward' | 'backward' | 'jump';
  readonly reason: string;
  /** The target is right even while later calls are still unread. */
  readonly early?: boolean;
}

interface Stop {
  readonly reason: string;
  readonly description: string;
  readonly text?: string;
  readonly hits?: readonly Breakpoint[];
}

/** Opens what is walked; `onGrown` tells that there is more of it. Throws RewindError `no-calls`. */
export type OpenRecording = (
  tasks: Tasks,
  onGrown: () => void,
  onOutput: () => void,
) => Recording | LiveRecording;

/** Longer recordings are not read for the sake of a breakpoint. */
const SHORT = 2_000;

/** Milliseconds between two looks at what the agent has printed. */
const PRINT_EVERY = 100;

/** What a walk is given of the adapter's hands. */
export interface WalkHands {
  readonly hasFile: HasFile;
  readonly onFault?: (fault: unknown) => void;
  readonly why?: (session: SessionReader, other: string | null) => string;
  readonly exportSession?: (session: SessionReader, file: string | null) => string;
}

export interface WalkOptions {
  readonly hands: WalkHands;
  readonly stopOnEntry: boolean;
  readonly stopAt: number | null;
  /** Stop first at the last step there is: of a run that is joined while it goes on. */
  readonly atEdge: boolean;
  /** There is nothing to walk, and nothing will come. */
  readonly onEmpty: () => void;
  /** Runs the agent anew, as a fork; null where this session has none that can be run. */
  readonly fork: ((fork: Fork) => Promise<OpenRecording>) | null;
  readonly goesLive: boolean;
  /** The recording that a replay follows. */
  readonly followed: () => SessionReader | null;
}

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
  readonly edits = new Edits(() => this.timeline);
  recording: Recording | LiveRecording;
  position = 0;
  /** The exception that the last stop was for. */
  trouble: Trouble | null = null;
  readonly #client: Client;
  readonly #options: WalkOptions;
  #transcript: Transcript;
  #scanner: Scanner;
  #atEnd = false;
  #moves: Promise<void> = Promise.resolve();
  #closed = false;
  #expected: { readonly by: () => SessionReader | null; readonly sites: SiteIndex | null } | null = null;
  #printing: NodeJS.Timeout | null = null;
  #printEvery = PRINT_EVERY;
  /** While a fork is run up to its point. */
  #quiet = false;
  #edited: { readonly of: Evaluator; readonly edits: number; readonly evaluator: Evaluator } | null = null;
  /** Of the run that is walked: the edits that it was made with, and the recording that it follows. */
  #made: EarlierEdits = NO_EDITS;
  #followed: () => SessionReader | null;

  /** Throws RewindError `no-calls`. */
  constructor(open: OpenRecording, client: Client, options: WalkOptions) {
    this.#client = client;
    this.#options = options;
    this.#followed = options.followed;
    this.values = new Values(client.can.supportsVariableType === true, (step, place) =>
      this.#isEditable(step, place),
    );
    this.sources = new Sources(client, options.hands.hasFile);
    this.breakpoints = new BreakpointBook(client);
    this.tasks = new Tasks(client);
    this.#transcript = new Transcript(client);
    this.recording = open(
      this.tasks,
      () => this.#onGrown(),
      () => this.#onOutput(),
    );
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
    if (!this.recording.isLive) return null;
    if (this.#expected?.by !== this.#followed) {
      const session = this.#followed();
      const isShort = session !== null && session.length <= SHORT;
      this.#expected = { by: this.#followed, sites: isShort ? new SiteIndex(timelineOf(session)) : null };
    }
    return this.#expected.sites;
  }

  /** Gives values as they were edited. */
  get evaluator(): Evaluator {
    const { evaluator } = this.recording;
    if (this.edits.list.length === 0) return evaluator;
    if (this.#edited?.of !== evaluator || this.#edited.edits !== this.edits.list.length) {
      const editing = new EditedEvaluator(this.timeline, this.edits);
      this.#edited = { of: evaluator, edits: this.edits.list.length, evaluator: editing };
    }
    return this.#edited.evaluator;
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
      if (this.recording.isWhole && !this.#closed) this.#sayExited();
      return;
    }
    if (!this.recording.isWhole) return;
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

  /** The agent has ended; the walk goes on. */
  #sayExited(): void {
    const { exit } = this.recording.session();
    if (exit) this.#client.send('exited', { exitCode: exitCode(exit) });
  }

  /** The agent has printed something: told soon, as the session has it, and not more often than reading it is cheap. */
  #onOutput(): void {
    this.#printing ??= setTimeout(() => {
      this.#printing = null;
      if (this.#closed || this.#quiet || !this.recording.isLive) return;
      const began = performance.now();
      this.#transcript.passOutput(this.recording.session().output, this.timeline.steps.length);
      this.#printEvery = Math.max(PRINT_EVERY, 20 * (performance.now() - began));
    }, this.#printEvery);
  }

  /** Where a session opens: at its beginning, a broken run (`rewind mutate`) at its fault. */
  #entry(): number {
    const { start } = this.timeline.session;
    const fault = start.mode === 'mutant' ? (start.parent?.step ?? 0) : 0;
    return Math.max(0, Math.min(fault, this.timeline.steps.length - 1));
  }

  /** The first stop, once the client has set its breakpoints. */
  start(): void {
    for (const warning of this.timeline.session.warnings) {
      this.#client.send('output', { category: 'important', output: `${plainLine(warning)}\n` });
    }
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
      const point = this.edits.first;
      if (point && !(await this.#forkAt(point, Math.min(this.position, point.index)))) return;
      await this.#moveTo(where);
    });
  }

  /** Runs the agent anew up to a call, with what was edited, and stops there. */
  forkFrom(step: Step): void {
    const call = step.kind === 'call' ? step : (this.timeline.steps[step.from] as CallStep);
    if (!this.#options.fork) throw this.#cannotRun();
    this.#enqueue(async () => {
      const { first } = this.edits;
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
    let seen = from;
    try {
      let early = this.#earlyMove(where);
      while (!early && !this.recording.isWhole && !this.#closed) {
        if (this.recording.isLive) {
          if (await this.#pass(seen)) return;
          seen = Math.max(seen, this.timeline.steps.length - 1);
          this.position = from;
        }
        await this.recording.more();
        early = this.#earlyMove(where);
      }
      if (this.#closed) return;
      await this.#run(early ?? where(this.timeline), seen);
    } catch (error) {
      if (this.#closed) return;
      const paused = error instanceof Interrupted;
      if (!paused) this.#tellFault(error);
      if (this.timeline.steps.length === 0) {
        this.#client.send('output', {
          category: 'console',
          output: 'The agent has made no call yet; it will be stopped at its first one.\n',
        });
        this.#waitForFirst('pause');
        return;
      }
      this.#arrive(Math.max(0, paused ? Math.max(this.position, seen) : from), {
        reason: 'pause',
        description: '',
      });
    }
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

  #tellFault(error: unknown): void {
    const known = error instanceof RewindError;
    if (!known) this.#options.hands.onFault?.(error);
    const text = known
      ? errorText(error)
      : `Rewind failed: ${error instanceof Error ? error.message : String(error)}`;
    this.#client.send('output', { category: 'important', output: `${plainLine(text)}\n` });
  }

  /** Whether a `continue` would only say again that here is the end. */
  get isAtEnd(): boolean {
    return this.#atEnd;
  }

  /** Goes on to where the agent is held; true where a breakpoint stopped it. */
  async #pass(seen: number): Promise<boolean> {
    const last = this.timeline.steps.length - 1;
    const hit = seen < last && (await this.#scan(seen + 1, last));
    if (hit) this.#arriveAt(hit);
    else if (last >= 0) this.#transcript.pass(this.timeline, last, this.sources, this.sites);
    return Boolean(hit);
  }

  /** `seen`: up to there, nothing stops. */
  async #run({ to, way, reason }: Move, seen: number): Promise<void> {
    const last = this.timeline.steps.length - 1;
    if (last < 0) {
      this.#client.send('output', {
        category: 'important',
        output: 'The agent ended without a call to a model.\n',
      });
      this.#transcript.pass(this.timeline, last, this.sources, this.sites);
      this.#options.onEmpty();
      return;
    }
    if (way === 'jump') return this.#arrive(to ?? 0, { reason, description: '' });
    const forward = way === 'forward';
    const target = to ?? (forward ? last : 0);
    const first = forward ? seen + 1 : this.position - 1;
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
    return this.tasks.run(
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

  get canFork(): boolean {
    return this.#options.fork !== null;
  }

  /** What a fork does with a request that was never recorded: true where the provider is asked. */
  get goesLive(): boolean {
    return this.#options.goesLive;
  }

  #isEditable(index: number, place: string): boolean {
    const step = this.timeline.steps[index];
    return this.canFork && step !== undefined && isEditable(step, place);
  }

  /** Changes a value of a step; it is run with it when the walk goes on. Throws RewindError `not-editable`. */
  edit(step: Step, place: string, text: string): StepEdit {
    if (!this.canFork) throw this.#cannotRun();
    return this.edits.add(step, place, text);
  }

  #cannotRun(): RewindError {
    return new RewindError(
      'no-command',
      'This session has no command that could be run',
      'Add "command" to the launch configuration.',
    );
  }

  /**
   * Runs a fork up to its point, told once: what comes before it is known. `position`: where to stand then; null for the
   * point itself. False where the run took another way, which is told.
   */
  async #forkAt(point: CallStep, position: number | null): Promise<boolean> {
    const from = this.position;
    const edited = this.edits.list.map(({ place, step }) => `${place} of step ${step}`);
    try {
      await this.recording.close();
      const fork = forkOf(this.#tape(), point, this.edits.list, this.#made);
      const opened = await this.#options.fork!(fork);
      this.#quiet = true;
      this.edits.clear();
      this.#made = fork;
      this.#followed = () => fork.session;
      const recording = opened(
        this.tasks,
        () => this.#onGrown(),
        () => this.#onOutput(),
      ) as LiveRecording;
      this.recording = recording;
      this.#scanner = this.#newScanner();
      this.position = -1;
      this.#transcript = new Transcript(this.#client);
      while (recording.forkPoint === null && !recording.isWhole) await recording.more();
      if (this.#closed) return false;
      const reached = recording.forkPoint;
      const what = edited.length === 0 ? '' : `, with ${edited.join(', ')} edited`;
      this.#client.send('output', {
        category: 'console',
        output: `${plainLine(`Forked at step ${point.index}${what}: session ${recording.timeline.session.start.id.slice(0, 8)}`)}\n`,
      });
      if (reached === null) {
        this.#quiet = false;
        return this.#forkMissed(point.index);
      }
      this.#transcript.skip(this.timeline, reached - 1);
      this.#quiet = false;
      this.position = position === null ? reached : Math.min(position, reached);
      return true;
    } catch (error) {
      if (this.#closed) return false;
      const paused = error instanceof Interrupted;
      if (!paused) this.#tellFault(error);
      if (this.timeline.steps.length === 0) this.#waitForFirst('pause');
      else {
        const last = this.timeline.steps.length - 1;
        this.#arrive(paused ? last : Math.max(0, Math.min(from, last)), { reason: 'pause', description: '' });
      }
      return false;
    }
  }

  /** What a fork follows: what is walked, and of a run that was left what it would have followed. */
  #tape(): SessionReader {
    const { steps, others } = this.timeline;
    if (!this.recording.isLive) return this.recording.session();
    const known = steps.flatMap(step => (step.kind === 'call' ? step.attempts.map(({ seq }) => seq) : []));
    return continuedSession(this.recording.session(), new Set([...known, ...others]), this.#followed());
  }

  /** The agent did not come to the call again. */
  #forkMissed(point: number): boolean {
    const { steps } = this.timeline;
    const missed = steps.flatMap(step => troubleOf(step, 'cassette-miss') ?? [])[0];
    const why = missed ? ` ${missed.message}` : '';
    this.#client.send('output', {
      category: 'important',
      output: `${plainLine(`The agent did not come to step ${point} again: it does not run alike every time.${why}`)}\n`,
    });
    if (steps.length === 0) this.#options.onEmpty();
    else this.#arrive(steps.length - 1, { reason: 'pause', description: 'the run took another way' });
    return false;
  }

  /** Starts over with another run of the agent; breakpoints stay. */
  async restart(open: () => Promise<OpenRecording>): Promise<void> {
    await this.close();
    await this.#moves;
    const opened = await open();
    this.edits.clear();
    this.#transcript = new Transcript(this.#client);
    this.recording = opened(
      this.tasks,
      () => this.#onGrown(),
      () => this.#onOutput(),
    );
    this.#scanner = this.#newScanner();
    this.#closed = false;
    this.#atEnd = false;
    this.start();
  }

  /** Resolves once nothing of it runs any more. */
  close(): Promise<void> {
    this.#closed = true;
    if (this.#printing) clearTimeout(this.#printing);
    this.#printing = null;
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
