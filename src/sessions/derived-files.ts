import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import zlib from 'node:zlib';
import { crc32 } from '../wire/crc32.ts';
import { zstdCompress, zstdDecompress } from '../wire/zstd.ts';
import { errnoOf } from './file-error.ts';
import type { DerivedStore } from './session.ts';

/** The first line of a file; zstd follows. */
interface Head {
  readonly maker: string;
  /** Size and time of the log that it was made from. */
  readonly log: string;
  readonly crc: number;
}

const LARGEST = 2 ** 29;

/** Files beside a finished log: `<log>.<name>`. Damaged, foreign and outdated ones count as none. */
export class DerivedFiles implements DerivedStore {
  readonly #log: string;
  readonly #mark: string | undefined;

  /** The log as it stands now must be the one that was read. */
  constructor(log: string) {
    this.#log = log;
    this.#mark = markOf(log);
  }

  read(name: string, maker: string): Uint8Array | undefined {
    const file = readQuietly(`${this.#log}.${name}`);
    if (!file) return undefined;
    const end = file.indexOf('\n');
    const packed = file.subarray(end + 1);
    try {
      const head = JSON.parse(file.toString('utf8', 0, Math.max(0, end))) as Head | null;
      if (head?.maker !== maker || head.log !== this.#mark || head.crc !== crc32(packed)) return undefined;
      return zstdDecompress(packed, LARGEST);
    } catch {
      return undefined; // it is only a cache
    }
  }

  write(name: string, maker: string, bytes: Uint8Array): void {
    if (this.#mark === undefined || typeof zlib.zstdCompressSync !== 'function') return;
    const packed = zstdCompress(bytes, 1);
    const head: Head = { maker, log: this.#mark, crc: crc32(packed) };
    const draft = `${this.#log}.${name}.${process.pid}.${randomBytes(4).toString('hex')}`;
    try {
      writeFileSync(draft, Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), packed]), {
        mode: 0o600,
        flag: 'wx',
      });
      renameSync(draft, `${this.#log}.${name}`);
    } catch (error) {
      rmSync(draft, { force: true });
      if (errnoOf(error) === '') throw error;
    }
  }
}

function markOf(log: string): string | undefined {
  try {
    const { size, mtimeMs } = statSync(log);
    return `${size} ${mtimeMs}`;
  } catch (error) {
    if (errnoOf(error) === '') throw error;
    return undefined; // deleted while we read it
  }
}

function readQuietly(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (errnoOf(error) === '') throw error;
    return undefined;
  }
}
