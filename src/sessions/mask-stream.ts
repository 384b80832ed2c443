import { isBreak } from './breaks.ts';
import { maskSpans } from './mask.ts';
import type { SecretBook } from './secret-book.ts';
import { REACH } from './secret-scanner.ts';

/** What was let go and may still tell what follows it: `Bearer `, `aws_secret_access_key = "`. */
const CONTEXT = 256;
/** A run of characters without a break this long is data, not a key. */
const LONGEST_RUN = 4096;
const KEPT_OF_RUN = 1024;
/** A user's pattern may match anywhere in a line; a longer one is let go all the same. */
const LONGEST_LINE = 1024 * 1024;

const BEGIN = Buffer.from('-----BEGIN ');
const END = Buffer.from('-----END');

/**
 * Masks a stream that comes in pieces cut anywhere. What may be the beginning of a secret is held back until it is
 * clear what it is; only the recorded copy waits, never the agent's.
 */
export class MaskStream {
  readonly #book: SecretBook;
  #context: Buffer = Buffer.alloc(0);
  #pending: Buffer = Buffer.alloc(0);

  constructor(book: SecretBook) {
    this.#book = book;
  }

  /** The bytes that are clear now, masked; their length is what counts, over the whole stream none is added or lost. */
  push(piece: Uint8Array): Buffer {
    const fresh = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    return this.#release(fresh, data => this.#clearUntil(data));
  }

  /** The rest. */
  flush(): Buffer {
    return this.#pending.length ? this.#release(Buffer.alloc(0), data => data.length) : this.#pending;
  }

  #release(fresh: Buffer, until: (data: Buffer) => number): Buffer {
    const from = this.#context.length;
    const alone = from === 0 && this.#pending.length === 0;
    const data = alone ? fresh : Buffer.concat([this.#context, this.#pending, fresh]);
    const spans = this.#book.find(data);
    let to = Math.max(from, until(data));
    // A secret that is not yet all there to be let go is let go later as a whole.
    for (const { start, end } of spans) if (start < to && end > to && start >= from) to = start;
    this.#context = data.subarray(Math.max(0, to - CONTEXT), to);
    this.#pending = data.subarray(to);
    return maskSpans(data, spans).subarray(from, to);
  }

  #clearUntil(data: Buffer): number {
    let run = data.length;
    const least = Math.max(0, data.length - LONGEST_RUN);
    while (run > least && !isBreak(data[run - 1]!)) run--;
    let clear = run === least && least > 0 ? data.length - KEPT_OF_RUN : run;
    const tail = data.subarray(Math.max(0, data.length - REACH));
    const begin = tail.lastIndexOf(BEGIN);
    if (begin >= 0 && tail.indexOf(END, begin) < 0) {
      clear = Math.min(clear, data.length - tail.length + begin);
    }
    for (const form of this.#book.brokenForms) {
      clear = Math.min(clear, beginningOf(form, data));
    }
    if (this.#book.byLine && data.length < LONGEST_LINE) clear = Math.min(clear, data.lastIndexOf(0x0a) + 1);
    return clear;
  }
}

/** Where at the end of `data` a proper beginning of `form` stands; `data.length` where none does. */
function beginningOf(form: Buffer, data: Buffer): number {
  for (let length = Math.min(form.length - 1, data.length); length > 0; length--) {
    if (data.compare(form, 0, length, data.length - length) === 0) return data.length - length;
  }
  return data.length;
}
