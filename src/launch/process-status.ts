import { readFileSync } from 'node:fs';

/** What Linux tells of a process; undefined elsewhere and once it is gone. */
export interface ProcessStatus {
  readonly processGroup: number;
  /** Foreground process group of its controlling terminal; -1 without one. */
  readonly foregroundGroup: number;
  /** Whether it leaves this signal to the kernel's default action. */
  defaults(signal: number): boolean;
}

export function processStatus(pid: number | 'self'): ProcessStatus | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the program's name in brackets and may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const mask = (name: string) =>
      BigInt(`0x${new RegExp(`^${name}:\\s*([0-9a-f]+)`, 'm').exec(status)?.[1] ?? '0'}`);
    const special = mask('SigIgn') | mask('SigCgt');
    return {
      processGroup: Number(fields[2]),
      foregroundGroup: Number(fields[5]),
      defaults: signal => ((special >> BigInt(signal - 1)) & 1n) === 0n,
    };
  } catch {
    return undefined;
  }
}

/** Whether we are in our terminal's foreground: its keys (Ctrl-C) then reach the whole group, the agent included. */
export function inForeground(): boolean {
  const self = processStatus('self');
  if (self) return self.foregroundGroup > 0 && self.foregroundGroup === self.processGroup;
  return (
    process.platform !== 'linux' &&
    (process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY) === true
  );
}
