import { commonRun, type Delta, diffBody } from './body-delta.ts';
import type { Span } from './secret-scanner.ts';

/** Bodies that a new one is compared with, and the memory they may hold. */
const BODIES = 16;
const BYTES = 24 * 1024 * 1024;
/** A body that builds on this many others is stored whole, so that one damaged record spoils few. */
const MAX_DEPTH = 64;
const BLOCK = 4096;

export interface Remembered {
  readonly key: number;
  /** As it came; never leaves the process. */
  readonly raw: Buffer;
  /** As it is stored: the same bytes where there is no secret in them. */
  readonly body: Buffer;
  readonly depth: number;
  /** Where its secrets stand, as far as they were known at `version`. */
  readonly spans: readonly Span[];
  readonly version: number;
}

export interface Encoded {
  readonly base: Remembered;
  readonly delta: Delta;
}

/** The last few bodies, and a new one as its difference from the nearest of them. */
export class BodyWindow {
  readonly #maxDepth: number;
  #bodies: readonly Remembered[] = [];

  constructor(maxDepth = MAX_DEPTH) {
    this.#maxDepth = maxDepth;
  }

  /** Undefined: nothing near enough, store it whole. */
  encode(raw: Buffer): Encoded | undefined {
    const near = this.#nearest(raw);
    if (!near || near.base.depth + 1 >= this.#maxDepth) return undefined;
    let best: Encoded = { base: near.base, delta: diffBody(near.base.raw, raw, near.prefix) };
    const last = this.#bodies.at(-1);
    // Where the prefixes say little (a date first of all), the latest body is the better guess.
    if (worth(best, raw) < 0.5 && last && last !== near.base && last.depth + 1 < this.#maxDepth) {
      const other: Encoded = { base: last, delta: diffBody(last.raw, raw) };
      if (worth(other, raw) > worth(best, raw)) best = other;
    }
    return worth(best, raw) >= 0.2 ? best : undefined;
  }

  /** Returns the bodies that are forgotten for it. */
  remember(body: Remembered): readonly Remembered[] {
    if (body.raw.length > BYTES) return [body];
    const bodies = [...this.#bodies, body];
    let first = Math.max(0, bodies.length - BODIES);
    let bytes = 0;
    for (let i = bodies.length - 1; i >= first; i--) {
      bytes += bodies[i]!.raw.length;
      if (bytes > BYTES) first = i + 1;
    }
    this.#bodies = bodies.slice(first);
    return bodies.slice(0, first);
  }

  clear(): void {
    this.#bodies = [];
  }

  #nearest(raw: Buffer): { base: Remembered; prefix: number } | undefined {
    let best: { base: Remembered; prefix: number } | undefined;
    for (const base of this.#bodies.toReversed()) {
      const least = best?.prefix ?? 0;
      if (!reaches(base.raw, raw, least)) continue;
      const prefix = commonRun(base.raw, raw);
      if (prefix > least || !best) best = { base, prefix };
      if (prefix >= raw.length * 0.9) break;
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
function worth({ delta }: Encoded, raw: Buffer): number {
  return raw.length > 0 ? 1 - (delta.inserted.length + delta.ops.length * 4) / raw.length : 0;
}
