import { setImmediate as turnOfLoop } from 'node:timers/promises';
import type { SessionWriter } from '../sessions/session.ts';

/** What waits for the end of this turn of the event loop to be written: of all exchanges together, in one write. */
export class TurnWrites {
  readonly #writer: SessionWriter;
  #waiting: (() => void)[] = [];
  #written: Promise<void> | undefined;

  constructor(writer: SessionWriter) {
    this.#writer = writer;
  }

  /** Resolves once nothing waits. */
  get written(): Promise<void> | undefined {
    return this.#written;
  }

  /** `write` must not throw. */
  add(write: () => void): void {
    this.#waiting.push(write);
    this.#written ??= turnOfLoop().then(() => {
      this.#written = undefined;
      this.#writer.together(() => {
        for (const each of this.#waiting.splice(0)) each();
      });
    });
  }
}
