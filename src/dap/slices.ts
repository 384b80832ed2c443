/** Milliseconds of work between two looks at what the client has sent. */
const SLICE = 10;

export interface Ticker {
  /** Called between slices; what it throws ends the work. */
  tick(elapsed: number): void;
}

/** Runs a generator to its end without holding up the client. */
export async function inSlices<T>(work: Generator<unknown, T>, ticker: Ticker): Promise<T> {
  const began = performance.now();
  for (;;) {
    const until = performance.now() + SLICE;
    do {
      const next = work.next();
      if (next.done) return next.value;
    } while (performance.now() < until);
    await nextTurn();
    ticker.tick(performance.now() - began);
  }
}

/** After everything that has arrived was looked at. */
export function nextTurn(): Promise<void> {
  return new Promise(resolve => {
    setImmediate(resolve);
  });
}
