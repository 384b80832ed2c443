/** One Zstandard frame of a longer input (RFC 8878, 3.1). */
export interface ZstdFrame {
  readonly start: number;
  readonly end: number;
  /** Bytes that a decoder allocates before it has decoded anything: the content size or the window, as claimed. */
  readonly claim: number;
  /** A skippable frame: no content. */
  readonly skip: boolean;
}

/** The frames of `bytes`, end to end; throws where they are not whole zstd. Reads block heads only. */
export function zstdFrames(bytes: Uint8Array): readonly ZstdFrame[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames: ZstdFrame[] = [];
  try {
    for (let at = 0; at < bytes.length; ) {
      const frame = frameAt(view, at);
      frames.push(frame);
      at = frame.end;
    }
  } catch (error) {
    throw error instanceof RangeError ? new Error('zstd input ends early', { cause: error }) : error;
  }
  if ((frames.at(-1)?.end ?? -1) !== bytes.length) throw new Error('zstd input ends early');
  return frames;
}

/** A RangeError (of the DataView) where the frame is cut. */
function frameAt(view: DataView, start: number): ZstdFrame {
  const magic = view.getUint32(start, true);
  if (magic >>> 4 === 0x184d2a5) {
    return { start, end: start + 8 + view.getUint32(start + 4, true), claim: 0, skip: true };
  }
  if (magic !== 0xfd2fb528) throw new Error('not a zstd frame');
  const flags = view.getUint8(start + 4);
  const single = (flags & 0x20) !== 0;
  const sizeWidth = [single ? 1 : 0, 2, 4, 8][flags >> 6]!;
  let at = start + 5;
  let claim = 0;
  if (!single) {
    const descriptor = view.getUint8(at++);
    claim = 2 ** (10 + (descriptor >> 3)) * (1 + (descriptor & 7) / 8);
  }
  at += [0, 1, 2, 4][flags & 3]!;
  if (single) claim = contentSize(view, at, sizeWidth);
  at += sizeWidth;
  for (let last = false; !last; ) {
    const block = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    last = (block & 1) === 1;
    // An RLE block stores one byte, however long it unfolds.
    at += 3 + ((block & 6) === 2 ? 1 : block >>> 3);
  }
  if (flags & 4) at += 4;
  return { start, end: at, claim, skip: false };
}

function contentSize(view: DataView, at: number, width: number): number {
  if (width === 1) return view.getUint8(at);
  if (width === 2) return view.getUint16(at, true) + 256;
  if (width === 4) return view.getUint32(at, true);
  return Number(view.getBigUint64(at, true));
}
