import { type DecodedMessage, parseEventStream, sealedAgain } from '../wire/event-stream.ts';
import { maskSpans } from './mask.ts';
import type { MaskStream } from './mask-stream.ts';
import type { SecretBook } from './secret-book.ts';

/** The family's own event inside Bedrock's: base64 of JSON. */
const CODED = /"bytes"\s*:\s*"([A-Za-z0-9+/]+={0,2})"/g;

/**
 * Masks an AWS event stream message by message, inside base64 too, and makes the checksums right again: a client that
 * checks them gets the masked message from a replay. What is no event stream goes on as any other stream.
 */
export class EventStreamMask {
  readonly #book: SecretBook;
  readonly #plain: MaskStream;
  /** Of a message that is not all there. Undefined once the bytes were no event stream. */
  #pending: Buffer | undefined = Buffer.alloc(0);

  constructor(book: SecretBook, plain: MaskStream) {
    this.#book = book;
    this.#plain = plain;
  }

  /** As `MaskStream.push`. */
  push(piece: Uint8Array): Buffer {
    if (!this.#pending) return this.#plain.push(piece);
    const data = Buffer.concat([this.#pending, piece]);
    const { messages, end, cut, problem } = parseEventStream(data);
    const clear = messages.map(message => this.#masked(data, message));
    this.#pending = problem && !cut ? undefined : data.subarray(end);
    if (!this.#pending) clear.push(this.#plain.push(data.subarray(end)));
    return Buffer.concat(clear);
  }

  flush(): Buffer {
    const cut = this.#plain.push(this.#pending ?? Buffer.alloc(0));
    this.#pending = undefined;
    return Buffer.concat([cut, this.#plain.flush()]);
  }

  #masked(data: Buffer, { start, end }: DecodedMessage): Buffer {
    const frame = data.subarray(start, end);
    const decoded = this.#insideBase64(frame);
    const spans = this.#book.find(decoded);
    return spans.length === 0 && decoded === frame ? frame : sealedAgain(maskSpans(decoded, spans));
  }

  /** The frame itself where there is nothing to mask. */
  #insideBase64(frame: Buffer): Buffer {
    let masked = frame;
    for (const { 0: whole, 1: coded = '', index } of frame.toString('latin1').matchAll(CODED)) {
      const plain = Buffer.from(coded, 'base64');
      const spans = this.#book.find(plain);
      if (spans.length === 0) continue;
      if (masked === frame) masked = Buffer.from(frame);
      const at = index + whole.length - 1 - coded.length;
      masked.write(maskSpans(plain, spans).toString('base64'), at, coded.length, 'latin1');
    }
    return masked;
  }
}
