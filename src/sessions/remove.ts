import { rmSync } from 'node:fs';
import { RewindError } from '../errors.ts';
import { fileError } from './file-error.ts';
import { type Home, sessionFolder } from './home.ts';
import { sessionIds } from './list.ts';
import { recorderOf } from './lock.ts';
import { appendTombstone } from './summary-file.ts';

/**
 * Deletes a session by its whole id. Refuses with RewindError `session-in-use` while its recorder lives, unless forced;
 * `no-such-session` where there is none.
 */
export function removeSession(home: Home, id: string, { force = false } = {}): void {
  const folder = sessionFolder(home, id);
  if (!sessionIds(home).includes(id)) {
    throw new RewindError(
      'no-such-session',
      `There is no session ${id}`,
      '`rewind list` shows what is there.',
    );
  }
  const recorder = recorderOf(folder);
  if (recorder !== undefined && !force) {
    throw new RewindError(
      'session-in-use',
      `Session ${id} is being recorded by process ${recorder}`,
      'Wait until it ends, or delete it all the same with --force.',
    );
  }
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    throw fileError(error, `delete session ${id}`, folder);
  }
  appendTombstone(home, id);
}
