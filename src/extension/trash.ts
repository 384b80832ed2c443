import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { RewindError } from '../errors.ts';
import { type Home, SESSION_ID, sessionFolder } from '../sessions/home.ts';
import { recorderOf } from '../sessions/lock.ts';
import type { SessionSummary } from '../sessions/session.ts';
import { appendSummary, appendTombstone } from '../sessions/summary-file.ts';

/** Deleted sessions, for as long as the deletion can be undone: their folders in `trash/` of the home. */
const folderOf = (home: Home): string => join(home.path, 'trash');

/** What an undo that never came leaves behind is swept after so many milliseconds. */
const LONGEST = 10 * 60_000;

export function moveToTrash(home: Home, { id }: SessionSummary): void {
  const folder = sessionFolder(home, id);
  if (recorderOf(folder) !== undefined) {
    throw new RewindError('session-in-use', `Session ${id} is being recorded`, 'Stop the recording first.');
  }
  mkdirSync(folderOf(home), { recursive: true, mode: 0o700 });
  renameSync(folder, join(folderOf(home), id));
  appendTombstone(home, id);
}

/** False where it is gone for good. */
export function restoreFromTrash(home: Home, summary: SessionSummary): boolean {
  const kept = join(folderOf(home), summary.id);
  if (!existsSync(kept)) return false;
  renameSync(kept, sessionFolder(home, summary.id));
  appendSummary(home, summary);
  return true;
}

export function emptyTrash(home: Home, ids: readonly string[]): void {
  for (const id of ids) {
    if (SESSION_ID.test(id)) rmSync(join(folderOf(home), id), { recursive: true, force: true });
  }
}

/** Of editors that ended before they could. */
export function sweepTrash(home: Home, now: number): void {
  const folder = folderOf(home);
  if (!existsSync(folder)) return;
  emptyTrash(
    home,
    readdirSync(folder).filter(id => now - statSync(join(folder, id)).ctimeMs > LONGEST),
  );
}
