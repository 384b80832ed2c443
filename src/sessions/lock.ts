import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from './file-error.ts';
import { type Holder, isAlive, thisProcess } from './holder.ts';

function readHolder(path: string): Holder | undefined {
  try {
    const found: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof found !== 'object' || found === null || !('pid' in found)) return undefined;
    const { pid } = found;
    const born = 'born' in found && typeof found.born === 'string' ? found.born : null;
    return typeof pid === 'number' && Number.isInteger(pid) && pid > 0 ? { pid, born } : undefined;
  } catch {
    return undefined;
  }
}

const lockPath = (folder: string): string => join(folder, 'lock');

/** The living process that records into this session folder, if there is one. */
export function recorderOf(folder: string): number | undefined {
  const holder = readHolder(lockPath(folder));
  return holder && isAlive(holder) ? holder.pid : undefined;
}

/**
 * Takes the session for this process; false where a living process holds it. A dead one's lock is taken over: exactly
 * one of several takers wins, because a link onto an existing name fails.
 */
export function takeLock(folder: string): boolean {
  const path = lockPath(folder);
  const own = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(own, JSON.stringify(thisProcess()), { mode: 0o600, flag: 'wx' });
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      try {
        linkSync(own, path);
        return true;
      } catch (error) {
        if (errnoOf(error) !== 'EEXIST') throw error;
      }
      if (recorderOf(folder) !== undefined) return false;
      setAside(folder, path, `${own}.stale`);
    }
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Moves a dead lock away; puts it back when it turns out that another taker was faster and it is a living one's. */
function setAside(folder: string, path: string, aside: string): void {
  try {
    renameSync(path, aside);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return;
    throw error;
  }
  const moved = readHolder(aside);
  if (moved && isAlive(moved) && recorderOf(folder) === undefined) renameSync(aside, path);
  else rmSync(aside, { force: true });
}

export function releaseLock(folder: string): void {
  rmSync(lockPath(folder), { force: true });
}
