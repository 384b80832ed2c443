/** Milliseconds between two looks at what the agent has printed. */
const EVERY = 100;
/** And so many times what a look takes. */
const SHARE = 20;

/** Looks at what an agent has printed soon after it is told of it, and not more often than looking is cheap. */
export class PrintedSoon {
  readonly #look: () => void;
  #timer: NodeJS.Timeout | null = null;
  #every = EVERY;

  constructor(look: () => void) {
    this.#look = look;
  }

  tell(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      const began = performance.now();
      this.#look();
      this.#every = Math.max(EVERY, SHARE * (performance.now() - began));
    }, this.#every);
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
