import { spawnSync } from 'node:child_process';

/**
 * The user's terminal in raw mode, and back. Done by `stty`, which passes bytes through both ways unchanged and gives
 * the exact former settings back; Node's `setRawMode` leaves output translation on and would double carriage returns.
 */
export interface TerminalMode {
  raw(): void;
  /** Idempotent; safe in an exit handler. */
  restore(): void;
}

export function terminalMode(): TerminalMode {
  const saved = stty(['-g']);
  let isRaw = false;
  return {
    raw() {
      if (isRaw) return;
      isRaw = true;
      if (saved === undefined || stty(['raw', '-echo']) === undefined) process.stdin.setRawMode?.(true);
    },
    restore() {
      if (!isRaw) return;
      isRaw = false;
      if (saved === undefined || stty([saved]) === undefined) process.stdin.setRawMode?.(false);
    },
  };
}

function stty(args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync('stty', args, {
    stdio: ['inherit', 'pipe', 'ignore'],
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : undefined;
}
