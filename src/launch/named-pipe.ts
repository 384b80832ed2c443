import { execFile } from 'node:child_process';
import { closeSync, constants, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A pipe with both ends in hand: the write end as a descriptor for a child, the read end as a stream. */
export interface NamedPipe {
  /** There until `release`. */
  readonly path: string;
  readonly writeEnd: number;
  readonly reader: Socket;
  /** Removes the path and closes our copy of the write end, so that the reader ends with its last writer. */
  release(): void;
}

/** Made at a time: `mkfifo` is a process of its own, and costs more than the pipes. */
const BATCH = 64;

/**
 * Real pipes: Node's own `stdio: 'pipe'` gives the child a socket pair, on which opening /dev/stdout fails
 * ("No such device or address"). A path is used once, so that a process that outlives its run writes to nobody.
 */
export class PipeStock {
  readonly #folder: string;
  #ready: string[] = [];
  #made = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** `count` paths of pipes that nobody has opened; undefined where there is no `mkfifo`. */
  async take(count: number, batch = count): Promise<readonly string[] | undefined> {
    if (process.platform === 'win32') return undefined;
    if (this.#ready.length < count) {
      const paths = Array.from({ length: batch }, () => join(this.#folder, `output-${this.#made++}`));
      try {
        await promisify(execFile)('mkfifo', ['-m', '600', ...paths]);
      } catch {
        return undefined; // a container without coreutils
      }
      this.#ready.push(...paths);
    }
    return this.#ready.splice(0, count);
  }
}

export async function namedPipes(stock: PipeStock, count: number): Promise<readonly NamedPipe[] | undefined> {
  const paths = await stock.take(count, BATCH);
  return paths?.map(openPipe);
}

function openPipe(path: string): NamedPipe {
  // The reader first, without blocking; then a writer finds it and opens at once.
  const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeEnd = openSync(path, constants.O_WRONLY);
  const reader = new Socket({ fd: readEnd, readable: true, writable: false });
  return {
    path,
    writeEnd,
    reader,
    release() {
      rmSync(path);
      closeSync(writeEnd);
    },
  };
}
