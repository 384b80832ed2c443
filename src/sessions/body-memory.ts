/** Bytes; smaller bodies are no burden. */
const LEAST = 16 * 1024;
const MOST_FREE = 4;

/**
 * Memory for bodies that are kept for some requests, used again and again. Left to V8, a body that lives so long moves to the
 * old space, and the full collections that rid it of such bodies cost more than everything else that recording does.
 */
export class BodyMemory {
  #free: readonly ArrayBufferLike[] = [];

  /** A copy to keep until it is released; small bodies are given back as they are. */
  copyOf(body: Buffer): Buffer {
    if (body.length < LEAST) return body;
    const found = this.#free.find(
      ({ byteLength }) => byteLength >= body.length && byteLength <= 2 * body.length,
    );
    this.#free = this.#free.filter(memory => memory !== found);
    // A quarter more, so that the memory also fits when the history has grown.
    const memory = found ?? new ArrayBuffer(Math.ceil(body.length * 1.25));
    const copy = Buffer.from(memory, 0, body.length);
    body.copy(copy);
    return copy;
  }

  /** Nobody reads this copy any more. */
  release(copy: Buffer): void {
    if (copy.length >= LEAST) this.#free = [...this.#free, copy.buffer].slice(-MOST_FREE);
  }
}
