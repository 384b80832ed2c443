import type { Readable } from 'node:stream';

/** What became of a request's body. */
export type RequestBody =
  | { readonly kind: 'whole'; readonly bytes: Uint8Array }
  | { readonly kind: 'too-large' }
  /** The agent hung up while sending. */
  | { readonly kind: 'aborted' };

/**
 * `announced`: the value of Content-Length, if any; saves holding everything twice at the end. `onPiece` is given what comes, but
 * not the body's last bytes.
 */
export function readBody(
  request: Readable,
  limit: number,
  announced: string | undefined,
  onPiece?: (bytes: Uint8Array) => void,
): Promise<RequestBody> {
  return new Promise(resolve => {
    const body = new GrowingBody(Math.min(Number(announced) || 0, limit));
    request.on('data', (bytes: Buffer) => {
      if (body.length + bytes.length <= limit) {
        body.add(bytes);
        if (onPiece && body.length < Number(announced)) onPiece(bytes);
        return;
      }
      request.removeAllListeners('data');
      request.resume();
      resolve({ kind: 'too-large' });
    });
    request.on('end', () => resolve({ kind: 'whole', bytes: body.bytes() }));
    request.on('error', () => resolve({ kind: 'aborted' }));
    request.on('close', () => resolve({ kind: 'aborted' }));
  });
}

/** Believes what was announced up to this many bytes before any has come. */
const trusted = 4 * 1024 * 1024;

class GrowingBody {
  length = 0;
  readonly #announced: number;
  #whole: Buffer | undefined;
  #pieces: Buffer[] = [];

  constructor(announced: number) {
    this.#announced = announced <= trusted ? announced : 0;
  }

  add(bytes: Buffer): void {
    // One piece is the rule for small bodies: kept as it came.
    if (this.length === 0 && bytes.length < this.#announced)
      this.#whole = Buffer.allocUnsafe(this.#announced);
    if (this.#whole && this.length + bytes.length > this.#whole.length) {
      // HTTP/2 lets a client send more than it announced.
      this.#pieces = [this.#whole.subarray(0, this.length)];
      this.#whole = undefined;
    }
    if (this.#whole) bytes.copy(this.#whole, this.length);
    else this.#pieces.push(bytes);
    this.length += bytes.length;
  }

  bytes(): Uint8Array {
    if (this.#whole) return this.#whole.subarray(0, this.length);
    const [only] = this.#pieces;
    return only && this.#pieces.length === 1 ? only : Buffer.concat(this.#pieces);
  }
}
