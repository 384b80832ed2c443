/** Zstandard: Node's own where it is there (from 22.15), else wasm and fzstd. Both give the same plain bytes. */
import zlib from 'node:zlib';
import { RewindError } from '../errors.ts';
import { wholeZstdFrames } from './zstd-frames.ts';
import { loadPortableZstd, portableCompress, portableDecompress } from './zstd-portable.ts';

const native = typeof zlib.zstdCompressSync === 'function';

/** What one body may unfold to, unless the caller says otherwise: 256 MiB. */
export const DEFAULT_DECODED_LIMIT = 256 * 1024 * 1024;

/** Entry points await this once before anything compresses; free where the runtime has zstd. */
export async function loadZstd(): Promise<void> {
  if (!native) await loadPortableZstd();
}

export interface ZstdOptions {
  /** log2 of the match window (10 to 27); only the native codec heeds it, any decoder reads the result. */
  readonly windowLog?: number;
  /** Long-distance matching; as above. */
  readonly longDistance?: boolean;
}

/** One whole frame. Sync; throws where the runtime lacks zstd and `loadZstd()` was not awaited. */
export function zstdCompress(bytes: Uint8Array, level = 3, options: ZstdOptions = {}): Uint8Array {
  if (!native) return portableCompress(bytes, level);
  const { constants } = zlib;
  const params: Record<number, number> = { [constants.ZSTD_c_compressionLevel]: level };
  if (options.windowLog) params[constants.ZSTD_c_windowLog] = options.windowLog;
  if (options.longDistance) params[constants.ZSTD_c_enableLongDistanceMatching] = 1;
  return zlib.zstdCompressSync(bytes, { params, pledgedSrcSize: bytes.length });
}

/**
 * All frames of `bytes`, joined. Throws RewindError `body-too-large` past `limit` bytes of output, and a plain Error on
 * bytes that are not whole zstd.
 */
export function zstdDecompress(bytes: Uint8Array, limit = DEFAULT_DECODED_LIMIT): Uint8Array {
  try {
    return native ? nativeDecompress(bytes, limit) : portableDecompress(bytes, limit);
  } catch (error) {
    throw tooLarge(error, limit) ?? error;
  }
}

/** Node stops after the first frame and drops the rest without a word: give it one frame at a time. */
function nativeDecompress(bytes: Uint8Array, limit: number): Uint8Array {
  let left = limit;
  const pieces = wholeZstdFrames(bytes)
    .filter(frame => !frame.skip)
    .map(({ start, end }) => {
      const piece = zlib.zstdDecompressSync(bytes.subarray(start, end), {
        maxOutputLength: Math.max(1, left),
      });
      left -= piece.length;
      return piece;
    });
  const [only] = pieces;
  return pieces.length === 1 && only ? only : Buffer.concat(pieces);
}

/** The RewindError for a codec's "output too large", undefined for any other error. */
export function tooLarge(error: unknown, limit: number): RewindError | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const over =
    code === 'ERR_BUFFER_TOO_LARGE' || (error instanceof RangeError && /more than/.test(error.message));
  if (!over) return undefined;
  return new RewindError(
    'body-too-large',
    `A compressed body unfolds to more than ${limit} bytes`,
    'If the body is honest, raise the limit; a few kilobytes that unfold to gigabytes are an attack.',
    { cause: error },
  );
}
