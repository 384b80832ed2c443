import { constants } from 'node:os';
import type { SessionExit } from '../sessions/session.ts';

/** A process's end as a shell reports it. */
export function exitCode({ code, signal }: SessionExit): number {
  return code ?? 128 + (constants.signals[signal as NodeJS.Signals] ?? 0);
}
