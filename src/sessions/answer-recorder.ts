import { createHash, type Hash } from 'node:crypto';
import { EVENT_STREAM } from '../wire/event-stream.ts';
import type { AnswerHead, Chunk } from '../wire/exchange.ts';
import { header } from '../wire/headers.ts';
import { sha256 } from './id.ts';
import { maskSpans } from './mask.ts';
import type { EventStreamMask } from './mask-event-stream.ts';
import type { MaskStream } from './mask-stream.ts';
import type { Redactor } from './redaction.ts';

/** A chunk for the log: `bytes` lacks what is held back and begins with what was held back before. */
export interface ClearChunk {
  readonly at: number;
  readonly size: number;
  readonly bytes: Uint8Array;
}

/** What is left to be written when an answer ends. */
export interface AnswerRest {
  readonly chunks: readonly ClearChunk[];
  /** Held back until now. */
  readonly bytes: Uint8Array;
  /** In place of the head written before: the body had to be decoded. */
  readonly head?: AnswerHead;
  readonly note?: string;
}

const NOTHING = new Uint8Array(0);

/**
 * Masks one answer while it arrives. A compressed body, and any body where the user's JSON paths must be looked up, is
 * kept until its end: only then can it be read.
 */
export class AnswerRecorder {
  readonly #redactor: Redactor;
  /** What was given out: mostly one piece, whose hash costs half of one in pieces. */
  #only: Uint8Array | undefined;
  #hash: Hash | undefined;
  #stream: MaskStream | EventStreamMask;
  #head: AnswerHead | undefined;
  #kept: Chunk[] | undefined;

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
    this.#stream = redactor.stream();
  }

  /** Takes the head as it was masked. */
  head(head: AnswerHead): void {
    this.#head = head;
    if (header(head.headers, 'content-type')?.trim().toLowerCase() === EVENT_STREAM)
      this.#stream = this.#redactor.eventStream();
    const coding = header(head.headers, 'content-encoding')?.trim().toLowerCase();
    const compressed = coding !== undefined && coding !== '' && coding !== 'identity';
    if (compressed || this.#redactor.rules.jsonPaths.length > 0) this.#kept = [];
  }

  /** What to write of this chunk now; undefined while the body is kept. */
  chunk(at: number, bytes: Uint8Array): ClearChunk | undefined {
    if (this.#kept) {
      this.#kept.push({ at, bytes: Buffer.from(bytes) });
      return undefined;
    }
    return this.#clear({ at, size: bytes.length, bytes: this.#stream.push(bytes) });
  }

  end(): AnswerRest {
    if (!this.#kept || !this.#head) {
      const rest = this.#stream.flush();
      this.#add(rest);
      return { chunks: [], bytes: rest };
    }
    return this.#endKept(this.#kept, this.#head);
  }

  /** SHA-256 of what was given out; once, after `end`. */
  digest(): string {
    return this.#hash ? this.#hash.digest('hex') : sha256(this.#only ?? NOTHING);
  }

  #endKept(kept: readonly Chunk[], head: AnswerHead): AnswerRest {
    const whole = Buffer.concat(kept.map(({ bytes }) => bytes));
    const last = kept.at(-1);
    const decoded = this.#redactor.decoded(head.headers, whole);
    if (decoded && last) {
      const chunk = { at: last.at, size: decoded.body.length, bytes: decoded.body };
      return {
        chunks: [this.#clear(chunk)],
        bytes: Buffer.alloc(0),
        head: { ...head, headers: decoded.headers },
        note: 'its compressed answer held a secret and is stored decoded, in one chunk',
      };
    }
    const masked = maskSpans(whole, this.#redactor.spans(whole, head.headers));
    let from = 0;
    const chunks = kept.map(({ at, bytes }) => {
      const size = bytes.length;
      const piece = masked.subarray(from, from + size);
      from += size;
      return this.#clear({ at, size, bytes: piece });
    });
    return { chunks, bytes: Buffer.alloc(0) };
  }

  #clear(chunk: ClearChunk): ClearChunk {
    this.#add(chunk.bytes);
    return chunk;
  }

  #add(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.#hash) this.#hash.update(bytes);
    else if (this.#only) this.#hash = createHash('sha256').update(this.#only).update(bytes);
    else this.#only = bytes;
  }
}
