import { readFileSync } from 'node:fs';
import { errnoOf } from './file-error.ts';

/** A process that holds something. Its id alone is not enough: the system gives it out again. */
export interface Holder {
  readonly pid: number;
  /** When that process started, as the system tells it; null where it does not. */
  readonly born: string | null;
}

export const thisProcess = (): Holder => ({ pid: process.pid, born: bornAt(process.pid) });

/** Field 22 of `/proc/<pid>/stat`, clock ticks since boot (proc(5)); null on systems without /proc. */
function bornAt(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

export function isAlive({ pid, born }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errnoOf(error) === 'ESRCH') return false; // EPERM: somebody else's process, alive
  }
  const now = bornAt(pid);
  return born === null || now === null || now === born;
}
