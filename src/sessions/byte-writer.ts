/** Bytes that are copied one by one: a view of them would cost more. */
const SHORT = 32;

/** A buffer that grows. */
export class ByteWriter {
  #bytes: Buffer;
  #length = 0;

  constructor(size = 1024) {
    this.#bytes = Buffer.allocUnsafeSlow(size);
  }

  get length(): number {
    return this.#length;
  }

  bytes(piece: Uint8Array, from = 0, to = piece.length): this {
    this.#room(to - from);
    if (to - from <= SHORT) for (let i = from; i < to; i++) this.#bytes[this.#length++] = piece[i]!;
    else {
      this.#bytes.set(from === 0 && to === piece.length ? piece : piece.subarray(from, to), this.#length);
      this.#length += to - from;
    }
    return this;
  }

  /** Bytes that were written before, once more. */
  again(from: number, to: number): this {
    this.#room(to - from);
    this.#bytes.copyWithin(this.#length, from, to);
    this.#length += to - from;
    return this;
  }

  byte(value: number): this {
    this.#room(1);
    this.#bytes[this.#length++] = value;
    return this;
  }

  /** LEB128; a whole number from 0 to 2^53. */
  varint(value: number): this {
    let left = value;
    while (left > 0x7f) {
      this.byte((left % 0x80) | 0x80);
      left = Math.floor(left / 0x80);
    }
    return this.byte(left);
  }

  /** With its length before it. */
  block(piece: Uint8Array): this {
    return this.varint(piece.length).bytes(piece);
  }

  take(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  #room(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#length + more, this.#bytes.length * 2));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}

/** Reads what a ByteWriter wrote; throws on bytes that end too early. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  bytes(length: number): Buffer {
    if (length > this.#bytes.length - this.#at) throw new Error('the bytes end too early');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  varint(): number {
    let value = 0;
    for (let unit = 1; unit < 2 ** 53; unit *= 0x80) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new Error('the bytes end too early');
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value;
    }
    throw new Error('a number is too long');
  }

  block(): Buffer {
    return this.bytes(this.varint());
  }

  /** Writes what comes up to the next `end`, which is passed over; gives how many bytes they are. */
  until(end: number, out: ByteWriter): number {
    const [from, to] = [this.#at, this.#bytes.indexOf(end, this.#at)];
    if (to < 0) throw new Error('the bytes end too early');
    out.bytes(this.#bytes, from, to);
    this.#at = to + 1;
    return to - from;
  }
}
