const MOST = 32;
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * The request bodies that were read last. In a packed log a body builds on the one before, that one on its own, and so on
 * to the block's first; who reads them in order finds each one's base here instead of going down the whole chain.
 */
export class RecentBodies {
  readonly #bodies = new Map<number, Buffer>();
  #bytes = 0;

  get(seq: number): Buffer | undefined {
    return this.#bodies.get(seq);
  }

  add(seq: number, body: Buffer): void {
    if (this.#bodies.has(seq) || body.length > MOST_BYTES / 2) return;
    this.#bodies.set(seq, body);
    this.#bytes += body.length;
    for (const [oldest, { length }] of this.#bodies) {
      if (this.#bodies.size <= MOST && this.#bytes <= MOST_BYTES) break;
      this.#bodies.delete(oldest);
      this.#bytes -= length;
    }
  }
}
