import { closeSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { RewindError } from '../errors.ts';

/** Other processes see the old file or the whole new one. */
export function writeFileAtomic(path: string, content: string | Uint8Array, mode: number): void {
  const temporary = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  const file = openSync(temporary, 'wx', mode);
  try {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}

const patience = 10_000;

/** Runs `work` while no other process does. A lock older than ten seconds is left over from a dead process. */
export function withFileLock<T>(path: string, work: () => T): T {
  const deadline = Date.now() + patience;
  while (!takeLock(path)) {
    if (Date.now() > deadline) {
      throw new RewindError(
        'ca-locked',
        `Another process has held ${path} for ten seconds.`,
        'Delete that file if no other Rewind is running.',
      );
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  }
  try {
    return work();
  } finally {
    rmSync(path, { force: true });
  }
}

function takeLock(path: string): boolean {
  try {
    closeSync(openSync(path, 'wx', 0o600));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const since = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    // A clock that jumped back leaves locks of the future behind.
    if (since !== undefined && Math.abs(Date.now() - since) > patience) rmSync(path, { force: true });
    return false;
  }
}
