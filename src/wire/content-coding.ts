/** Content codings (RFC 9110, 8.4): gzip, deflate, br, zstd, and chains of them. */
import { isUtf8 } from 'node:buffer';
import zlib from 'node:zlib';
import { DEFAULT_DECODED_LIMIT, tooLarge, zstdDecompress } from './zstd.ts';
import { portablePartial } from './zstd-portable.ts';

export interface DecodedBody {
  readonly bytes: Uint8Array;
  /** Whether any coding was undone. */
  readonly decoded: boolean;
  /** Why `bytes` are not the whole plain body: a wrong header, a cut or damaged stream, an unknown coding. */
  readonly problem?: string;
}

/**
 * Undoes a body's content codings, the last one first. Tolerant: bytes that are not what the header says come back as they
 * are, a cut stream as far as it goes; both with a `problem`. Throws RewindError `body-too-large` when a coding unfolds to
 * more than `limit` bytes.
 */
export function decodeBody(
  bytes: Uint8Array,
  contentEncoding: string | undefined,
  limit = DEFAULT_DECODED_LIMIT,
): DecodedBody {
  let body: DecodedBody = { bytes, decoded: false };
  const codings = (contentEncoding ?? '')
    .split(',')
    .map(coding => coding.trim().toLowerCase())
    .filter(coding => coding !== '' && coding !== 'identity');
  // A HEAD's or 304's body is empty whatever its header says.
  if (bytes.length === 0) return body;
  for (const coding of codings.reverse()) {
    const next = undo(body.bytes, coding, limit);
    body = { ...body, ...next, decoded: body.decoded || next.decoded };
    if (!next.decoded) break;
  }
  return body;
}

function undo(bytes: Uint8Array, coding: string, limit: number): DecodedBody {
  const codec = codecOf(bytes, coding);
  if (!codec) return { bytes, decoded: false, problem: `unknown content coding ${JSON.stringify(coding)}` };
  try {
    return { bytes: codec.whole(bytes, limit), decoded: true };
  } catch (error) {
    const large = tooLarge(error, limit);
    if (large) throw large;
    return cutOrWrong(bytes, coding, codec, limit);
  }
}

interface Codec {
  whole(bytes: Uint8Array, limit: number): Uint8Array;
  /** As far as a cut stream goes; throws on bytes that are something else. */
  partial(bytes: Uint8Array, limit: number): Uint8Array;
}

function cutOrWrong(bytes: Uint8Array, coding: string, codec: Codec, limit: number): DecodedBody {
  const wrong = {
    bytes,
    decoded: false,
    problem: `content-encoding says ${coding}, the bytes are not ${coding}`,
  };
  // br and raw deflate have no magic number: text unfolds to garbage there, until it does not.
  if (isUtf8(bytes)) return wrong;
  try {
    const partial = codec.partial(bytes, limit);
    if (partial.length > 0) return { bytes: partial, decoded: true, problem: `${coding} body cut` };
  } catch (error) {
    const large = tooLarge(error, limit);
    if (large) throw large;
  }
  return { bytes, decoded: false, problem: `content-encoding says ${coding}, the bytes are not ${coding}` };
}

type ZlibSync = (bytes: Uint8Array, options: { maxOutputLength: number; finishFlush?: number }) => Uint8Array;

function zlibCodec(sync: ZlibSync, flush: number): Codec {
  return {
    whole: (bytes, limit) => sync(bytes, { maxOutputLength: Math.max(1, limit) }),
    partial: (bytes, limit) => sync(bytes, { maxOutputLength: Math.max(1, limit), finishFlush: flush }),
  };
}

const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH } = zlib.constants;
const gzip = zlibCodec(zlib.gunzipSync, Z_SYNC_FLUSH);
const deflate = zlibCodec(zlib.inflateSync, Z_SYNC_FLUSH);
const rawDeflate = zlibCodec(zlib.inflateRawSync, Z_SYNC_FLUSH);
const br = zlibCodec(zlib.brotliDecompressSync, BROTLI_OPERATION_FLUSH);
const zstd: Codec = { whole: zstdDecompress, partial: portablePartial };

function codecOf(bytes: Uint8Array, coding: string): Codec | undefined {
  if (coding === 'gzip' || coding === 'x-gzip') return gzip;
  // Some servers leave the zlib wrapper off (RFC 9110, 8.4.1.2, note).
  if (coding === 'deflate') return isZlib(bytes) ? deflate : rawDeflate;
  if (coding === 'br') return br;
  if (coding === 'zstd') return zstd;
  return undefined;
}

function isZlib(bytes: Uint8Array): boolean {
  const [cmf = 0, flg = 0] = bytes;
  return (cmf & 0x0f) === 8 && ((cmf << 8) | flg) % 31 === 0;
}
