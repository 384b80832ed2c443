/**
 * The frames of a log file. All numbers are little-endian.
 *
 *     file   = "RWLOG" 0x1a version:u8 0x0a  nonce:u32  nonce:u32  frame*
 *     frame  = marker:4  crc:u32  kind:u8  jsonLength:u32  bytesLength:u32  json  bytes
 *
 * The CRC covers everything behind it and is seeded with the file's nonce, so that recorded text which looks like a
 * frame is never taken for one while looking for the next whole frame behind a damaged one.
 */
import { crc32 } from '../wire/crc32.ts';
import { FRAME_KINDS, type FrameKind } from './records.ts';

const MAGIC = Buffer.from('RWLOG\x1a', 'latin1');
const MARKER = Buffer.from([0xf5, 0x52, 0x57, 0xf6]);
const NO_BYTES = new Uint8Array(0);

export const LOG_VERSION = 1;
export const FILE_HEAD = 16;
const FRAME_HEAD = 17;

export interface Frame {
  readonly kind: FrameKind;
  readonly fields: unknown;
  /** A view of the file's bytes. */
  readonly bytes: Uint8Array;
  readonly offset: number;
}

/** A stretch of the file that holds no whole frame. `tail`: nothing whole follows it. */
export interface Damage {
  readonly from: number;
  readonly to: number;
  readonly tail: boolean;
}

export function fileHead(nonce: number): Uint8Array {
  const head = Buffer.alloc(FILE_HEAD);
  MAGIC.copy(head);
  head[6] = LOG_VERSION;
  head[7] = 0x0a;
  head.writeUInt32LE(nonce, 8);
  head.writeUInt32LE(nonce, 12);
  return head;
}

/** Both parts of a frame; written one after the other they are the frame. */
export function encodeFrame(
  nonce: number,
  kind: FrameKind,
  fields: unknown,
  bytes: Uint8Array = NO_BYTES,
): readonly [head: Buffer, bytes: Uint8Array] {
  const json = JSON.stringify(fields);
  const jsonLength = Buffer.byteLength(json);
  const head = Buffer.allocUnsafe(FRAME_HEAD + jsonLength);
  MARKER.copy(head);
  head[8] = FRAME_KINDS.indexOf(kind);
  head.writeUInt32LE(jsonLength, 9);
  head.writeUInt32LE(bytes.length, 13);
  head.write(json, FRAME_HEAD);
  const sum = crc32(head.subarray(8), nonce);
  head.writeUInt32LE(bytes.length ? crc32(bytes, sum) : sum, 4);
  return [head, bytes];
}

/**
 * Writes a frame at `at` of `target` and returns where it ends; undefined where it may not fit. As `encodeFrame`, without
 * memory of its own.
 */
export function encodeFrameInto(
  target: Buffer,
  at: number,
  nonce: number,
  kind: FrameKind,
  fields: unknown,
  bytes: Uint8Array = NO_BYTES,
): number | undefined {
  const json = JSON.stringify(fields);
  const bytesFit = at + FRAME_HEAD + 3 * json.length + bytes.length <= target.length;
  if (!bytesFit) return undefined;
  const jsonLength = target.write(json, at + FRAME_HEAD);
  const end = at + FRAME_HEAD + jsonLength + bytes.length;
  MARKER.copy(target, at);
  target[at + 8] = FRAME_KINDS.indexOf(kind);
  target.writeUInt32LE(jsonLength, at + 9);
  target.writeUInt32LE(bytes.length, at + 13);
  if (bytes.length) target.set(bytes, end - bytes.length);
  target.writeUInt32LE(crc32(target.subarray(at + 8, end), nonce), at + 4);
  return end;
}

/** Why the bytes cannot be a log at all; undefined where they can. */
export function notALog(file: Buffer): 'foreign' | 'newer' | 'torn' | undefined {
  const seen = Math.min(file.length, MAGIC.length);
  if (file.compare(MAGIC, 0, seen, 0, seen) !== 0) return 'foreign';
  if (file.length < FILE_HEAD) return 'torn';
  if (file[7] !== 0x0a) return 'foreign';
  return file[6]! === LOG_VERSION ? undefined : 'newer';
}

/** One of the two copies may have been damaged: take the one that fits the first frame. */
export function nonceOf(file: Buffer): { readonly nonce: number; readonly damaged: boolean } {
  const [first, second] = [file.readUInt32LE(8), file.readUInt32LE(12)];
  if (first === second) return { nonce: first, damaged: false };
  return { nonce: frameAt(file, FILE_HEAD, first) ? first : second, damaged: true };
}

/** The whole frame at `offset`, or undefined. */
export function frameAt(file: Buffer, offset: number, nonce: number): (Frame & { end: number }) | undefined {
  if (offset + FRAME_HEAD > file.length) return undefined;
  if (file.compare(MARKER, 0, 4, offset, offset + 4) !== 0) return undefined;
  const kind = FRAME_KINDS[file[offset + 8]!];
  const bytesAt = offset + FRAME_HEAD + file.readUInt32LE(offset + 9);
  const end = bytesAt + file.readUInt32LE(offset + 13);
  if (!kind || end > file.length) return undefined;
  if (crc32(file.subarray(offset + 8, end), nonce) !== file.readUInt32LE(offset + 4)) return undefined;
  try {
    const fields: unknown = JSON.parse(file.toString('utf8', offset + FRAME_HEAD, bytesAt));
    return { kind, fields, bytes: file.subarray(bytesAt, end), offset, end };
  } catch {
    return undefined; // whole by its sum, yet not JSON: told as damage like any other
  }
}

/** All whole frames from `from` on, and the damage between them, in the order of the file. */
export function* scanFrames(
  file: Buffer,
  nonce: number,
  from: number = FILE_HEAD,
): Generator<Frame | Damage, void> {
  let offset = from;
  while (offset < file.length) {
    const frame = frameAt(file, offset, nonce);
    if (frame) {
      yield frame;
      offset = frame.end;
      continue;
    }
    const next = nextWhole(file, offset + 1, nonce);
    yield { from: offset, to: next ?? file.length, tail: next === undefined };
    offset = next ?? file.length;
  }
}

function nextWhole(file: Buffer, from: number, nonce: number): number | undefined {
  for (let at = file.indexOf(MARKER, from); at >= 0; at = file.indexOf(MARKER, at + 1)) {
    if (frameAt(file, at, nonce)) return at;
  }
  return undefined;
}
