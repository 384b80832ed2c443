import { inflateRawSync } from 'node:zlib';
import { RewindError } from '../errors.ts';
import { crc32 } from '../wire/crc32.ts';

/** What one file of an archive may unfold to, bytes. */
const LARGEST_FILE = 2 ** 29;

/** Numbers of PKWARE's APPNOTE: signatures, sizes of the fixed parts. */
const END = { signature: 0x06054b50, size: 22, comment: 0xffff };
const CENTRAL = { signature: 0x02014b50, size: 46 };
const LOCAL = { signature: 0x04034b50, size: 30 };

export const isZip = (bytes: Uint8Array): boolean =>
  bytes.length >= END.size && [0x50, 0x4b, 3, 4].every((byte, i) => bytes[i] === byte);

/**
 * The files of a ZIP archive by name, unpacked when they are asked for. Names are keys, never paths. Throws RewindError
 * `bad-zip`, also for what browsers and test tools do not write: encryption, ZIP64, methods other than store and deflate.
 */
export function readZip(archive: Uint8Array, filename: string): ReadonlyMap<string, () => Buffer> {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  const bad = (what: string): RewindError =>
    new RewindError(
      'bad-zip',
      `${filename} cannot be unpacked: ${what}`,
      'Check that the file was saved whole.',
    );
  const end = endOf(bytes);
  if (end < 0) throw bad('it has no directory');
  const files = new Map<string, () => Buffer>();
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    if (at + CENTRAL.size > end || bytes.readUInt32LE(at) !== CENTRAL.signature)
      throw bad('its directory is damaged');
    const [nameSize, extraSize, commentSize] = [28, 30, 32].map(place => bytes.readUInt16LE(at + place)) as [
      number,
      number,
      number,
    ];
    const entry = {
      flags: bytes.readUInt16LE(at + 8),
      method: bytes.readUInt16LE(at + 10),
      crc: bytes.readUInt32LE(at + 16),
      packed: bytes.readUInt32LE(at + 20),
      size: bytes.readUInt32LE(at + 24),
      local: bytes.readUInt32LE(at + 42),
    };
    const name = bytes.toString('utf8', at + CENTRAL.size, at + CENTRAL.size + nameSize);
    files.set(name, () => unpacked(bytes, entry, problem => bad(`${name} ${problem}`)));
    at += CENTRAL.size + nameSize + extraSize + commentSize;
  }
  return files;
}

interface Entry {
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly local: number;
}

function unpacked(bytes: Buffer, entry: Entry, bad: (problem: string) => RewindError): Buffer {
  const { flags, method, crc, packed, size, local } = entry;
  if (flags & 1) throw bad('is encrypted');
  if (method !== 0 && method !== 8) throw bad(`is packed by method ${method}`);
  if (size > LARGEST_FILE) throw bad('is too large');
  if (local + LOCAL.size > bytes.length || bytes.readUInt32LE(local) !== LOCAL.signature)
    throw bad('is not there');
  const from = local + LOCAL.size + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  const raw = bytes.subarray(from, from + packed);
  let plain: Buffer;
  try {
    plain = method === 0 ? raw : inflateRawSync(raw, { maxOutputLength: Math.max(size, 1) });
  } catch (error) {
    throw bad(`is damaged (${error instanceof Error ? error.message : error})`);
  }
  if (plain.length !== size || crc32(plain) !== crc) throw bad('is damaged');
  return plain;
}

/** The record at the very end, which only a comment may follow. */
function endOf(bytes: Buffer): number {
  const first = Math.max(0, bytes.length - END.size - END.comment);
  for (let at = bytes.length - END.size; at >= first; at--)
    if (bytes.readUInt32LE(at) === END.signature) return at;
  return -1;
}
