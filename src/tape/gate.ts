import type { Ask, Reply, Responder } from './responder.ts';
import { answerTool, type RunTool, type ToolAsk, type ToolOutcome } from './tool.ts';

/** Where a call waits: before anybody is asked for its answer, or once the answer is known and before the agent has it. */
export type Place = 'before' | 'after';

export interface GateOptions {
  /** Whether a call waits here; asked when it gets there. */
  readonly holds: (ask: Ask, place: Place) => boolean;
  /** Called whenever a call begins to wait, or is through: to look at `held` and `answering` again. */
  readonly onChange?: () => void;
}

interface Waiting {
  readonly place: Place;
  readonly letGo: () => void;
}

/**
 * Holds an agent's calls, in front of any responder, until they are released: how a debugger stops an agent. In front of
 * a recorder, what is held behind its answer is in the recording already, with the times it would have had without us.
 *
 * An agent's own timeouts run on while it waits; a call that it gives up is let go, and its answer goes nowhere.
 */
export class Gate implements Responder {
  readonly #inner: Responder;
  readonly #options: GateOptions;
  readonly #held = new Map<number, Waiting>();
  readonly #answering = new Set<number>();
  #open = false;

  constructor(inner: Responder, options: GateOptions) {
    this.#inner = inner;
    this.#options = options;
  }

  /** The calls that wait, by `seq`. */
  get held(): ReadonlyMap<number, Place> {
    return new Map([...this.#held].map(([seq, { place }]) => [seq, place]));
  }

  /** The `seq` of calls whose answer is still being made. */
  get answering(): ReadonlySet<number> {
    return this.#answering;
  }

  async respond(ask: Ask, reply: Reply): Promise<void> {
    const { seq, signal } = ask;
    let asked = ask;
    if (this.#waits(ask, 'before')) {
      await this.#hold(ask, 'before');
      if (signal.aborted) return;
      asked = { ...ask, arrived: performance.now() };
    }
    this.#answering.add(seq);
    try {
      if (!this.#waits(ask, 'after')) return await this.#inner.respond(asked, reply);
      const known = new KnownAnswer();
      await this.#inner.respond(asked, known);
      this.#answering.delete(seq);
      if (!signal.aborted) await this.#hold(ask, 'after');
      await known.give(reply, signal);
    } finally {
      this.#answering.delete(seq);
      this.#options.onChange?.();
    }
  }

  /** Tools are not held. */
  tool(ask: ToolAsk, run: RunTool): Promise<ToolOutcome> {
    return answerTool(this.#inner, ask, run);
  }

  /** Lets one call go on, or all that wait now. */
  release(seq?: number): void {
    const waiting = seq === undefined ? [...this.#held.values()] : [this.#held.get(seq)];
    for (const one of waiting) one?.letGo();
  }

  /** Lets everything go, now and from now on. What is behind the gate is its owner's to close. */
  async close(): Promise<void> {
    this.#open = true;
    this.release();
  }

  #waits(ask: Ask, place: Place): boolean {
    return !this.#open && this.#options.holds(ask, place);
  }

  async #hold({ seq, signal }: Ask, place: Place): Promise<void> {
    // It was opened while the answer was being made.
    if (this.#open || signal.aborted) return;
    await new Promise<void>(resolve => {
      const letGo = (): void => {
        signal.removeEventListener('abort', letGo);
        this.#held.delete(seq);
        resolve();
      };
      signal.addEventListener('abort', letGo, { once: true });
      this.#held.set(seq, { place, letGo });
      this.#options.onChange?.();
    });
  }
}

/** An answer that was made and not yet given. */
class KnownAnswer implements Reply {
  readonly #parts: ((reply: Reply) => void | Promise<void>)[] = [];

  label(...args: Parameters<Reply['label']>): void {
    this.#parts.push(reply => reply.label(...args));
  }

  head(...args: Parameters<Reply['head']>): void {
    this.#parts.push(reply => reply.head(...args));
  }

  chunk(bytes: Uint8Array): void {
    this.#parts.push(reply => reply.chunk(bytes));
  }

  end(...args: Parameters<Reply['end']>): void {
    this.#parts.push(reply => reply.end(...args));
  }

  fail(...args: Parameters<Reply['fail']>): void {
    this.#parts.push(reply => reply.fail(...args));
  }

  async give(reply: Reply, signal: AbortSignal): Promise<void> {
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => resolve(), { once: true });
    for (const part of this.#parts) {
      if (signal.aborted) return;
      const room = part(reply);
      if (room) await Promise.race([room, gone]);
    }
  }
}
