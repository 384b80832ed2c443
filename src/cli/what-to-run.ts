import { statSync } from 'node:fs';
import { RewindError } from '../errors.ts';
import type { SessionReader } from '../sessions/session.ts';

interface WhatToRun {
  readonly command: readonly string[];
  readonly cwd: { readonly path: string; readonly note?: string };
}

/** A recorded command runs where it was recorded; one that is typed now runs here, as in any shell. */
export function whatToRun(source: SessionReader, given: readonly string[]): WhatToRun {
  const { start } = source;
  const here = process.cwd();
  if (given.length > 0) return { command: given, cwd: { path: here } };
  if (start.command.length === 0) {
    throw new RewindError(
      'no-command',
      `Session ${start.id.slice(0, 8)} has no command of its own (${start.mode})`,
      `Say what to run: rewind replay ${start.id.slice(0, 8)} -- <command>`,
    );
  }
  if (start.cwd === here) return { command: start.command, cwd: { path: here } };
  if (isFolder(start.cwd))
    return { command: start.command, cwd: { path: start.cwd, note: `ran in ${start.cwd}` } };
  return {
    command: start.command,
    cwd: { path: here, note: `ran here: the recorded folder ${start.cwd || '(none)'} does not exist` },
  };
}

function isFolder(path: string): boolean {
  try {
    return path !== '' && statSync(path).isDirectory();
  } catch {
    return false;
  }
}
