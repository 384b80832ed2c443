import { zstdDecompress } from '../wire/zstd.ts';
import { ByteReader } from './byte-writer.ts';
import { type ChunkPlace, unpackChunks } from './chunk-times.ts';
import { unpackColumns } from './columns.ts';
import type { PackedExchange, PackedRest } from './records.ts';
import type { OutputPiece } from './session.ts';
import type { StoredExchange } from './stored-exchange.ts';

/** Decoded blocks kept, in bytes. A block of requests takes ten milliseconds to decode, one of answers less than one. */
const REQUESTS_KEPT = 64 * 1024 * 1024;
const ANSWERS_KEPT = 16 * 1024 * 1024;
/** A block of our own making, which may hold one body of the proxy's largest size and what came before it. Bytes. */
const LARGEST_BLOCK = 2 ** 30;

/** The blocks of a packed log, decoded when they are asked for. */
export class PackedBlocks {
  readonly #packed = new Map<number, Uint8Array>();
  readonly #plain = new Kept<Buffer>(REQUESTS_KEPT, ({ length }) => length);
  readonly #answers = new Kept<readonly Buffer[]>(ANSWERS_KEPT, answers =>
    answers.reduce((sum, { length }) => sum + length, 0),
  );

  add(n: number, bytes: Uint8Array): void {
    this.#packed.set(n, bytes);
  }

  plain(n: number): Buffer {
    return this.#plain.get(n, () => this.#decode(n));
  }

  answer(n: number, index: number): Buffer {
    const answer = this.#answers.get(n, () => unpackColumns(this.#decode(n)))[index];
    if (!answer) throw new Error(`block ${n} lacks an answer`);
    return answer;
  }

  #decode(n: number): Buffer {
    const packed = this.#packed.get(n);
    if (!packed) throw new Error(`block ${n} is lost`);
    return asBuffer(zstdDecompress(packed, LARGEST_BLOCK));
  }
}

/** What was used last, up to so many bytes; the one used last of all whatever its size. */
class Kept<T> {
  readonly #most: number;
  readonly #sizeOf: (value: T) => number;
  readonly #values = new Map<number, T>();
  #size = 0;

  constructor(most: number, sizeOf: (value: T) => number) {
    this.#most = most;
    this.#sizeOf = sizeOf;
  }

  get(n: number, make: () => T): T {
    const known = this.#values.get(n);
    const value = known ?? make();
    if (known === undefined) this.#size += this.#sizeOf(value);
    else this.#values.delete(n);
    this.#values.set(n, value);
    for (const [oldest, old] of this.#values) {
      if (this.#size <= this.#most || oldest === n) break;
      this.#values.delete(oldest);
      this.#size -= this.#sizeOf(old);
    }
    return value;
  }
}

/** All exchanges of one frame. */
export function unpackExchanges(bytes: Uint8Array, blocks: PackedBlocks): StoredExchange[] {
  const reader = new ByteReader(asBuffer(zstdDecompress(bytes)));
  const packed = JSON.parse(reader.block().toString()) as PackedExchange[];
  const cuts = new ByteReader(reader.block());
  return packed.map(one => {
    const places = { cuts: cuts.bytes(one.cuts), times: reader.bytes(one.times) };
    return unpackExchange(one, places, blocks);
  });
}

function unpackExchange(
  { body, answer, times: _times, cuts: _cuts, ...rest }: PackedExchange,
  places: { readonly cuts: Buffer; readonly times: Buffer },
  blocks: PackedBlocks,
): StoredExchange {
  const { block, from, length, ...recipe } = body;
  const bytes = (): Buffer => blocks.answer(answer.block, answer.index);
  let chunks: ChunkPlace[] | undefined;
  return {
    ...rest,
    body: { ...recipe, inserted: () => blocks.plain(block).subarray(from, from + length) },
    answer: bytes,
    get chunks() {
      chunks ??= unpackChunks(new ByteReader(places.times), new ByteReader(places.cuts), bytes());
      return chunks;
    },
  };
}

export function unpackRest(bytes: Uint8Array): Omit<PackedRest, 'output'> & { output: OutputPiece[] } {
  const reader = new ByteReader(asBuffer(zstdDecompress(bytes)));
  const { output, ...rest } = JSON.parse(reader.block().toString()) as PackedRest;
  return {
    ...rest,
    output: output.map(({ at, stream, size }) => ({ at, stream, bytes: reader.bytes(size) })),
  };
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
