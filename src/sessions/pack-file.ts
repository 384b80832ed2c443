import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf } from './file-error.ts';
import type { LogState } from './log-state.ts';
import { packLog } from './pack.ts';

/**
 * Puts the packed log in the live one's place, in one step: a reader or a crash finds the one or the other, whole. False
 * where the disk is full or may not be written; the live log stays then, and reads the same. `durable`: for a power cut, too.
 */
export function packFile(path: string, state: LogState, durable = true): boolean {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const packed = packLog(state);
  try {
    const fd = openSync(draft, 'wx', 0o600);
    try {
      for (let done = 0; done < packed.length; ) done += writeSync(fd, packed, done);
      if (durable) fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(draft, path);
    if (durable) syncFolder(dirname(path));
    return true;
  } catch (error) {
    rmSync(draft, { force: true });
    if (errnoOf(error) === '') throw error;
    return false;
  }
}

/** So that the rename outlives a power cut; Windows knows no such call. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
