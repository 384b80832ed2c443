/**
 * Zstandard for a Node without zlib.zstd* (before 22.15): compression by wasm, decompression by fzstd (pure JS, works
 * in webviews too). `zstd.ts` chooses; import that.
 */
import { Decompress } from 'fzstd';
import { zstdFrames } from './zstd-frames.ts';

let compressor: ((bytes: Uint8Array, level: number) => Uint8Array) | undefined;

export async function loadPortableZstd(): Promise<void> {
  if (compressor) return;
  const wasm = await import('@bokuweb/zstd-wasm');
  await wasm.init();
  compressor = wasm.compress;
}

export function portableCompress(bytes: Uint8Array, level: number): Uint8Array {
  if (!compressor) throw new Error('loadZstd() was not awaited before the first zstdCompress()');
  return compressor(bytes, level);
}

/** What `zstd -d` refuses by default (ZSTD_WINDOWLOG_LIMIT_DEFAULT = 27), as does Node's zlib. */
const MAX_WINDOW = 2 ** 27;

/** Throws a RangeError once the output would pass `limit`, and fzstd's own error on damaged input. */
export function portableDecompress(bytes: Uint8Array, limit: number): Uint8Array {
  // fzstd allocates what a frame's head claims, up to 2 GiB for nine bytes, and takes cut input for whole: look first.
  const frames = zstdFrames(bytes);
  if (frames.some(({ claim }) => claim > Math.max(limit, MAX_WINDOW))) {
    throw new RangeError(`more than ${limit} bytes`);
  }
  const pieces: Uint8Array[] = [];
  let size = 0;
  const stream = new Decompress(piece => {
    size += piece.length;
    if (size > limit) throw new RangeError(`more than ${limit} bytes`);
    // fzstd hands out views of its window, which it overwrites.
    pieces.push(piece.slice());
  });
  stream.push(bytes, true);
  return Buffer.concat(pieces, size);
}
