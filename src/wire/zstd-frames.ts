/** One Zstandard frame of a longer input (RFC 8878, 3.1). */
export interface ZstdFrame {
  readonly start: number;
  /** Undefined where the input ends within the frame. */
  readonly end: number | undefined;
  /** Bytes that a decoder allocates before it has decoded anything: the content size or the window, as claimed. */
  readonly claim: number;
  /** A skippable frame: no content. */
  readonly skip: boolean;
}

/** The frames of `bytes`, end to end; reads their heads only. Throws on bytes that are not zstd. */
export function zstdFrames(bytes: Uint8Array): readonly ZstdFrame[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames: ZstdFrame[] = [];
  for (let at: number | undefined = 0; at !== undefined && at < bytes.length; ) {
    const frame = frameAt(view, at);
    frames.push(frame);
    at = frame.end;
  }
  return frames;
}

/** The same, of whole input: throws where it ends early. */
export function wholeZstdFrames(bytes: Uint8Array): readonly (ZstdFrame & { readonly end: number })[] {
  const frames = zstdFrames(bytes);
  const whole = frames.filter((frame): frame is ZstdFrame & { end: number } => frame.end !== undefined);
  if (whole.length === 0 || whole.length < frames.length) throw new Error('zstd input ends early');
  return whole;
}

function frameAt(view: DataView, start: number): ZstdFrame {
  const cut = { start, end: undefined, claim: 0, skip: true };
  const magic = read(view, start, 4);
  if (magic === undefined) return cut;
  if (magic >>> 4 === 0x184d2a5) {
    const length = read(view, start + 4, 4);
    return length === undefined ? cut : { ...cut, end: within(view, start + 8 + length) };
  }
  if (magic !== 0xfd2fb528) throw new Error('not a zstd frame');
  const flags = read(view, start + 4, 1) ?? 0;
  const single = (flags & 0x20) !== 0;
  const sizeWidth = [single ? 1 : 0, 2, 4, 8][flags >> 6]!;
  const sizeAt = start + (single ? 5 : 6) + [0, 1, 2, 4][flags & 3]!;
  const claim = single ? contentSize(view, sizeAt, sizeWidth) : windowSize(read(view, start + 5, 1) ?? 0);
  const end = blocksEnd(view, sizeAt + sizeWidth);
  const checksum = flags & 4 ? 4 : 0;
  return { start, end: end === undefined ? undefined : within(view, end + checksum), claim, skip: false };
}

function blocksEnd(view: DataView, start: number): number | undefined {
  for (let at = start; ; ) {
    const block = read(view, at, 3);
    if (block === undefined) return undefined;
    // An RLE block stores one byte, however long it unfolds.
    at += 3 + ((block & 6) === 2 ? 1 : block >>> 3);
    if (block & 1) return at;
  }
}

function windowSize(descriptor: number): number {
  return 2 ** (10 + (descriptor >> 3)) * (1 + (descriptor & 7) / 8);
}

function contentSize(view: DataView, at: number, width: number): number {
  if (width === 8) return (read(view, at, 4) ?? 0) + 2 ** 32 * (read(view, at + 4, 4) ?? 0);
  return (read(view, at, width) ?? 0) + (width === 2 ? 256 : 0);
}

/** Little-endian; undefined past the end. */
function read(view: DataView, at: number, width: number): number | undefined {
  if (at + width > view.byteLength) return undefined;
  if (width === 4) return view.getUint32(at, true);
  let value = 0;
  for (let i = width - 1; i >= 0; i--) value = (value << 8) | view.getUint8(at + i);
  return value;
}

function within(view: DataView, end: number): number | undefined {
  return end <= view.byteLength ? end : undefined;
}
