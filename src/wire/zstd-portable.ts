/**
 * Zstandard for a Node without zlib.zstd* (before 22.15): compression by wasm, decompression by fzstd (pure JS, works
 * in webviews too). `zstd.ts` chooses; import that.
 */
import { Decompress } from 'fzstd';
import { wholeZstdFrames, type ZstdFrame, zstdFrames } from './zstd-frames.ts';

let compressor: ((bytes: Uint8Array, level: number) => Uint8Array) | undefined;

export async function loadPortableZstd(): Promise<void> {
  if (compressor) return;
  // The default, since a bundler gives no named exports for CommonJS.
  const { default: wasm } = await import('@bokuweb/zstd-wasm');
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
  // fzstd takes cut input for whole.
  checkClaims(wholeZstdFrames(bytes), limit);
  return unfold(bytes, limit, true);
}

/** As far as a cut input goes. */
export function portablePartial(bytes: Uint8Array, limit: number): Uint8Array {
  checkClaims(zstdFrames(bytes), limit);
  return unfold(bytes, limit, false);
}

/** fzstd allocates what a frame's head claims, up to 2 GiB for nine bytes of input. */
function checkClaims(frames: readonly ZstdFrame[], limit: number): void {
  if (frames.some(({ claim }) => claim > Math.max(limit, MAX_WINDOW))) {
    throw new RangeError(`more than ${limit} bytes`);
  }
}

function unfold(bytes: Uint8Array, limit: number, final: boolean): Uint8Array {
  const pieces: Uint8Array[] = [];
  let size = 0;
  const stream = new Decompress(piece => {
    size += piece.length;
    if (size > limit) throw new RangeError(`more than ${limit} bytes`);
    // fzstd hands out views of its window, which it overwrites.
    pieces.push(piece.slice());
  });
  stream.push(bytes, final);
  return Buffer.concat(pieces, size);
}
