import { execFile } from 'node:child_process';
import { closeSync, constants, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A pipe with both ends in hand: the write end as a descriptor for a child, the read end as a stream. */
export interface NamedPipe {
  readonly writeEnd: number;
  readonly reader: Socket;
  /** Closes our copy of the write end, so that the reader ends with its last writer. */
  release(): void;
}

/**
 * Real pipes: Node's own `stdio: 'pipe'` gives the child a socket pair, on which opening /dev/stdout fails
 * ("No such device or address"). Undefined where there is no `mkfifo`.
 */
export async function namedPipes(folder: string, count: number): Promise<readonly NamedPipe[] | undefined> {
  const paths = Array.from({ length: count }, (_, index) => join(folder, `output-${index}`));
  if (process.platform === 'win32') return undefined;
  try {
    await promisify(execFile)('mkfifo', ['-m', '600', ...paths]);
  } catch {
    return undefined; // a container without coreutils
  }
  return paths.map(openPipe);
}

function openPipe(path: string): NamedPipe {
  // The reader first, without blocking; then a writer finds it and opens at once.
  const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeEnd = openSync(path, constants.O_WRONLY);
  rmSync(path);
  const reader = new Socket({ fd: readEnd, readable: true, writable: false });
  return { writeEnd, reader, release: () => closeSync(writeEnd) };
}
