import { createHash } from 'node:crypto';

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/**
 * Seeded randomness for ids, padding and noise: the same seed and request give the same answer, whatever the
 * order in which parallel requests arrive.
 */
export class Random {
  #state: Buffer;
  #offset = 0;

  constructor(...seeds: readonly (string | number | Uint8Array)[]) {
    const hash = createHash('sha256');
    for (const seed of seeds) hash.update(typeof seed === 'number' ? String(seed) : seed).update('\0');
    this.#state = hash.digest();
  }

  /** 0 ≤ n < limit. */
  below(limit: number): number {
    if (this.#offset + 4 > this.#state.length) {
      this.#state = createHash('sha256').update(this.#state).digest();
      this.#offset = 0;
    }
    const value = this.#state.readUInt32LE(this.#offset);
    this.#offset += 4;
    return value % limit;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  chance(probability: number): boolean {
    return this.below(1_000_000) < probability * 1_000_000;
  }

  #text(alphabet: string, length: number): string {
    let text = '';
    while (text.length < length) text += alphabet[this.below(alphabet.length)];
    return text;
  }

  /** As OpenAI's ids: letters and digits. */
  alphanumeric(length: number): string {
    return this.#text(ALPHANUMERIC, length);
  }

  /** As Anthropic's ids. */
  base58(length: number): string {
    return this.#text(BASE58, length);
  }

  hex(length: number): string {
    return this.#text('0123456789abcdef', length);
  }

  uuid(): string {
    return `${this.hex(8)}-${this.hex(4)}-4${this.hex(3)}-${this.pick(['8', '9', 'a', 'b'])}${this.hex(3)}-${this.hex(12)}`;
  }

  base64url(bytes: number): string {
    return this.buffer(bytes).toString('base64url');
  }

  base64(bytes: number): string {
    return this.buffer(bytes).toString('base64');
  }

  buffer(bytes: number): Buffer {
    return Buffer.from(Array.from({ length: bytes }, () => this.below(256)));
  }
}
