import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionReader } from '../sessions/session.ts';
import { Evaluator } from '../timeline/evaluate.ts';
import { SharedCalls } from '../timeline/shared-calls.ts';
import { SiteIndex } from '../timeline/site-index.ts';
import type { Timeline, TimelineOptions } from '../timeline/timeline.ts';
import { TimelineBuilder } from '../timeline/timeline-builder.ts';
import type { LiveRun } from './live-run.ts';
import { sessionView } from './session-view.ts';
import type { Tasks } from './tasks.ts';

/** Between two looks whether the user wants an agent that is running to stop, in milliseconds. */
const LOOK = 25;

/** The recording of a run that goes on while it is walked: it grows only when the walk asks for more. */
export class LiveRecording {
  readonly isLive = true;
  readonly #run: LiveRun;
  readonly #tasks: Tasks;
  readonly #onGrown: () => void;
  readonly #calls: SharedCalls;
  readonly #builder: TimelineBuilder;
  #session: SessionReader;
  #timeline: Timeline;
  #sites: SiteIndex;
  #evaluator: Evaluator;
  #isWhole = false;

  constructor(run: LiveRun, tasks: Tasks, options: TimelineOptions, onGrown: () => void) {
    this.#run = run;
    this.#tasks = tasks;
    this.#onGrown = onGrown;
    this.#session = run.read();
    const latest = sessionView(() => this.#session);
    this.#calls = new SharedCalls(latest);
    this.#builder = new TimelineBuilder(latest, options, this.#calls);
    this.#timeline = this.#builder.timeline();
    this.#sites = new SiteIndex(this.#timeline);
    this.#evaluator = new Evaluator(this.#timeline);
  }

  get timeline(): Timeline {
    return this.#timeline;
  }

  get sites(): SiteIndex {
    return this.#sites;
  }

  /** Breakpoints on lines find the calls that were made so far. */
  get knownSites(): SiteIndex {
    return this.#sites;
  }

  get evaluator(): Evaluator {
    return this.#evaluator;
  }

  /** The agent has ended. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** A tool step can be stood at once its result is known, or once its conversation has gone on without. */
  isSettled(index: number): boolean {
    const { steps, lanes } = this.#timeline;
    const step = steps[index];
    if (this.#isWhole && step) return true;
    if (!step || step.kind === 'call' || step.to !== null) return step !== undefined;
    return lanes[step.lane]!.steps.some(other => other > index && steps[other]!.kind === 'call');
  }

  /** Up to and with this step there is something to tell: only tools that still run come behind it. -1: nothing yet. */
  get lastKnown(): number {
    let last = this.#timeline.steps.length - 1;
    while (last >= 0 && !this.isSettled(last)) last--;
    return last;
  }

  /** What there is: nothing is run to answer a question. */
  async whole(): Promise<Timeline> {
    return this.#timeline;
  }

  /** Lets the agent go on until it has got another answer, or has ended. Throws `Interrupted`. */
  async more(): Promise<void> {
    await this.#tasks.run('Rewind: the agent is running', async task => {
      const began = performance.now();
      const next = this.#run.next().then(() => true);
      while (!(await Promise.race([next, sleep(LOOK, false)]))) task.tick(performance.now() - began);
    });
    this.#grow();
  }

  /** As it stands on disk now. */
  session(): SessionReader {
    return this.#run.read();
  }

  /** Of a fork: index of the call at which it left the recording; null until then. */
  get forkPoint(): number | null {
    const seq = this.#run.reached();
    if (seq === null) return null;
    const step = this.#timeline.steps.find(
      one => one.kind === 'call' && one.attempts.some(attempt => attempt.seq === seq),
    );
    return step?.index ?? null;
  }

  /** Ends the agent; resolves once it has ended. */
  close(): Promise<void> {
    return this.#run.stop();
  }

  #grow(): void {
    const ended = this.#run.hasEnded;
    this.#session = this.#run.read();
    for (const exchange of this.#run.take(this.#session)) {
      const call = this.#builder.take(exchange);
      if (call) this.#calls.add(exchange.seq, call);
    }
    this.#timeline = { ...this.#builder.timeline(), session: this.#session };
    this.#sites = new SiteIndex(this.#timeline);
    this.#evaluator = new Evaluator(this.#timeline);
    this.#isWhole = ended;
    this.#onGrown();
  }
}
