import { RewindError } from '../errors.ts';
import type { SessionReader } from '../sessions/session.ts';
import { Gate } from '../tape/gate.ts';
import type { Responder } from '../tape/responder.ts';
import type { Exchange } from '../wire/exchange.ts';
import type { LiveRun } from './live-run.ts';

/** What the adapter hands to whoever can run agents. */
export interface RunHooks {
  /** Puts the debugger's gate in front of the run's recorder. */
  readonly inFront: (recorder: Responder) => Responder;
  /** The run's session exists; `read` gives it as it stands on disk. */
  readonly onSession: (read: () => SessionReader) => void;
  /** The run is a fork; `reached` gives the `seq` of the request at which it left the recording, once it did. */
  readonly onFork: (reached: () => number | null) => void;
  /** The agent has printed something; what, is in the session. */
  readonly onOutput: () => void;
  /** One line for the user. */
  readonly onNotice: (message: string) => void;
  /** Ends the agent, with the processes it started. */
  readonly signal: AbortSignal;
}

/** Runs the agent once; settles when it has ended and its session is sealed. Throws RewindError. */
export type RunAgent = (hooks: RunHooks) => Promise<unknown>;

/**
 * One run of an agent under the debugger: it goes on until a call of its has been answered, and is held there. What was
 * answered is taken in the order in which it was asked, so that nothing ever comes before what was seen already.
 */
export class AgentRun implements LiveRun {
  readonly ended: Promise<void>;
  #hasEnded = false;
  #read: () => SessionReader = notYet;
  #gate: Gate | null = null;
  /** Of a fork: the `seq` of the request at which it left the recording; null until then. */
  reached: () => number | null = () => null;
  /** Told that the agent has printed something. */
  onOutput: () => void = () => undefined;
  readonly #stop = new AbortController();
  readonly #asked: number[] = [];
  readonly #taken = new Set<number>();
  readonly #waiting = new Set<() => void>();
  readonly #opened = Promise.withResolvers<void>();

  /** Resolves once the run's session exists; rejects where the agent cannot be started. */
  static async start(agent: RunAgent, onNotice: (message: string) => void): Promise<AgentRun> {
    const run = new AgentRun(agent, onNotice);
    await run.#opened.promise;
    return run;
  }

  private constructor(agent: RunAgent, onNotice: (message: string) => void) {
    const run = agent({
      inFront: recorder => {
        this.#gate = new Gate(recorder, {
          holds: ({ seq }, place) => {
            if (place === 'before') return false;
            this.#asked.push(seq);
            return true;
          },
          onChange: () => this.#look(),
        });
        return this.#gate;
      },
      onSession: read => {
        this.#read = read;
        this.#opened.resolve();
      },
      onFork: reached => {
        this.reached = reached;
      },
      onOutput: () => this.onOutput(),
      onNotice,
      signal: this.#stop.signal,
    });
    this.ended = run.then(
      () => this.#end(),
      (error: unknown) => {
        // Whoever waits for the start is told there; later it can only be said.
        this.#opened.reject(error);
        if (this.#read !== notYet) onNotice(error instanceof Error ? error.message : String(error));
        this.#end();
      },
    );
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  read(): SessionReader {
    return this.#read();
  }

  /** The exchanges of `session` that are new since the last time, in the order in which they were asked for. */
  take(session: SessionReader): readonly Exchange[] {
    return this.#news().flatMap(seq => {
      this.#taken.add(seq);
      try {
        return [session.exchange(seq)];
      } catch (error) {
        // Recording it failed, which was told already.
        if (error instanceof RewindError) return [];
        throw error;
      }
    });
  }

  /** Lets the agent go on until there is something to take, or to its end. */
  async next(): Promise<void> {
    if (this.#news().length > 0 || this.#hasEnded) return;
    for (const seq of this.#gate?.held.keys() ?? []) if (this.#taken.has(seq)) this.#gate?.release(seq);
    await new Promise<void>(resolve => this.#waiting.add(resolve));
  }

  /** Ends the agent and waits until it has ended. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#gate?.close();
    await this.ended;
  }

  #news(): readonly number[] {
    const left = this.#asked.filter(seq => !this.#taken.has(seq)).sort((a, b) => a - b);
    const open = left.findIndex(seq => this.#gate?.answering.has(seq) && !this.#hasEnded);
    return open < 0 ? left : left.slice(0, open);
  }

  #look(): void {
    if (!this.#hasEnded && this.#news().length === 0) return;
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  #end(): void {
    this.#hasEnded = true;
    this.#look();
  }
}

function notYet(): never {
  throw new Error('the session of this run is not open yet');
}
