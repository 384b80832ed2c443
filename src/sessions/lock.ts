import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from './file-error.ts';

/** Who holds a session open. A process id alone is not enough: the system gives it out again. */
interface Holder {
  readonly pid: number;
  /** When that process started, as the system tells it; null where it does not. */
  readonly born: string | null;
}

/** Field 22 of `/proc/<pid>/stat`, clock ticks since boot (proc(5)); null on systems without /proc. */
function bornAt(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function alive({ pid, born }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errnoOf(error) === 'ESRCH') return false; // EPERM: somebody else's process, alive
  }
  const now = bornAt(pid);
  return born === null || now === null || now === born;
}

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
  return holder && alive(holder) ? holder.pid : undefined;
}

/**
 * Takes the session for this process; false where a living process holds it. A dead one's lock is taken over: exactly
 * one of several takers wins, because a link onto an existing name fails.
 */
export function takeLock(folder: string): boolean {
  const path = lockPath(folder);
  const own = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const holder: Holder = { pid: process.pid, born: bornAt(process.pid) };
  writeFileSync(own, JSON.stringify(holder), { mode: 0o600, flag: 'wx' });
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
  if (moved && alive(moved) && recorderOf(folder) === undefined) renameSync(aside, path);
  else rmSync(aside, { force: true });
}

export function releaseLock(folder: string): void {
  rmSync(lockPath(folder), { force: true });
}
