import { RewindError } from '../errors.ts';
import type { SessionReader } from '../sessions/session.ts';
import type { Exchange } from '../wire/exchange.ts';
import type { LiveRun } from './live-run.ts';

/** A session that somebody else records. */
export interface AttachedSession {
  /** As it stands on disk. Throws RewindError. */
  readonly read: () => SessionReader;
  /** Whether it is still recorded. */
  readonly isOpen: () => boolean;
}

/** Milliseconds between two looks at a session that grows: at least so many, and so many times what a look takes. */
const LOOK = 200;
const SHARE = 20;

/** Follows a session that another process records: it cannot be held, and leaving it leaves it running. */
export class AttachedRun implements LiveRun {
  readonly #session: AttachedSession;
  readonly #onOutput: () => void;
  #taken = -1;
  #printed = 0;
  #left = false;
  #hasEnded = false;
  #timer: NodeJS.Timeout | null = null;
  #wake: (() => void) | null = null;

  /** `onOutput`: told when the session has more output. */
  constructor(session: AttachedSession, onOutput: () => void) {
    this.#session = session;
    this.#onOutput = onOutput;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  read(): SessionReader {
    return this.#session.read();
  }

  reached(): null {
    return null;
  }

  take(session: SessionReader): readonly Exchange[] {
    const news = this.#news(session);
    this.#taken = news.at(-1)?.seq ?? this.#taken;
    return news;
  }

  async next(): Promise<void> {
    while (!this.#left) {
      const began = performance.now();
      // Asked first: what is written before it is closed is there when it is read.
      const isOpen = this.#session.isOpen();
      const session = this.read();
      this.#hasEnded = !isOpen;
      if (session.output.length > this.#printed) {
        this.#printed = session.output.length;
        this.#onOutput();
      }
      if (this.#hasEnded || this.#news(session).length > 0) return;
      await this.#sleep(Math.max(LOOK, SHARE * (performance.now() - began)));
    }
  }

  async stop(): Promise<void> {
    this.#left = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#wake?.();
  }

  /** What has been answered, up to the first that is still being answered: nothing comes before what was seen. */
  #news(session: SessionReader): readonly Exchange[] {
    const news: Exchange[] = [];
    for (let seq = this.#taken + 1; seq < session.length; seq++) {
      try {
        const exchange = session.exchange(seq);
        if (exchange.answer.end.kind === 'unfinished' && !this.#hasEnded) break;
        news.push(exchange);
      } catch (error) {
        // Damaged: the session's warnings name it.
        if (!(error instanceof RewindError)) throw error;
      }
    }
    return news;
  }

  #sleep(ms: number): Promise<void> {
    return new Promise(resolve => {
      this.#wake = resolve;
      this.#timer = setTimeout(resolve, ms);
    });
  }
}
