import { commonRun, type Delta, diffBody } from './body-delta.ts';

/** Bodies that a new one is compared with, and the memory they may hold. */
const BODIES = 16;
const BYTES = 24 * 1024 * 1024;
/** A body that builds on this many others is stored whole, so that one damaged record spoils few. */
const MAX_DEPTH = 64;
const BLOCK = 4096;

export interface Remembered {
  readonly key: number;
  readonly body: Buffer;
  readonly depth: number;
}

export interface Encoded {
  readonly base?: Remembered;
  readonly delta?: Delta;
}

/** The last few bodies, and a new one as its difference from the nearest of them. */
export class BodyWindow {
  readonly #maxDepth: number;
  #bodies: readonly Remembered[] = [];

  constructor(maxDepth = MAX_DEPTH) {
    this.#maxDepth = maxDepth;
  }

  /** Undefined `base`: nothing near enough, store it whole. */
  encode(body: Buffer): Encoded {
    const near = this.#nearest(body);
    if (!near || near.base.depth + 1 >= this.#maxDepth) return {};
    let best: Encoded = { base: near.base, delta: diffBody(near.base.body, body, near.prefix) };
    const last = this.#bodies.at(-1);
    // Where the prefixes say little (a date first of all), the latest body is the better guess.
    if (worth(best, body) < 0.5 && last && last !== near.base && last.depth + 1 < this.#maxDepth) {
      const other: Encoded = { base: last, delta: diffBody(last.body, body) };
      if (worth(other, body) > worth(best, body)) best = other;
    }
    return worth(best, body) >= 0.2 ? best : {};
  }

  remember(key: number, body: Buffer, depth: number): void {
    if (body.length > BYTES) return;
    let kept = [...this.#bodies, { key, body, depth }].slice(-BODIES);
    let bytes = kept.reduce((sum, one) => sum + one.body.length, 0);
    while (bytes > BYTES) {
      bytes -= kept[0]!.body.length;
      kept = kept.slice(1);
    }
    this.#bodies = kept;
  }

  clear(): void {
    this.#bodies = [];
  }

  #nearest(body: Buffer): { base: Remembered; prefix: number } | undefined {
    let best: { base: Remembered; prefix: number } | undefined;
    for (const base of this.#bodies.toReversed()) {
      const least = best?.prefix ?? 0;
      if (!reaches(base.body, body, least)) continue;
      const prefix = commonRun(base.body, body);
      if (prefix > least || !best) best = { base, prefix };
      if (prefix >= body.length * 0.9) break;
    }
    return best;
  }
}

/** Whether the common prefix can be longer than `least`, by a look at the block before it. */
function reaches(a: Buffer, b: Buffer, least: number): boolean {
  if (least === 0) return true;
  if (a.length <= least || b.length <= least) return false;
  const from = Math.max(0, least + 1 - BLOCK);
  return a.compare(b, from, least + 1, from, least + 1) === 0;
}

/** The share of the body that the base gives. */
function worth({ delta }: Encoded, body: Buffer): number {
  return delta && body.length > 0 ? 1 - (delta.inserted.length + delta.ops.length * 4) / body.length : 0;
}
