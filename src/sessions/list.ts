import { readdirSync } from 'node:fs';
import { RewindError } from '../errors.ts';
import { errnoOf, fileError } from './file-error.ts';
import { type Home, SESSION_ID, sessionFolder } from './home.ts';
import { recorderOf } from './lock.ts';
import { readSession } from './reader.ts';
import type { SessionSummary } from './session.ts';
import { summarise } from './summary.ts';
import { appendSummary, readSummaries } from './summary-file.ts';

export interface SessionFilter {
  readonly mode?: readonly SessionSummary['mode'][];
  readonly name?: string;
  /** Milliseconds since 1970: sessions that started then or later. */
  readonly since?: number;
  /** The newest so many. */
  readonly limit?: number;
}

/**
 * All sessions of a home, newest first. Reads the summaries only; a session without one (its recorder lives, or died) is
 * read from its log, and a dead one's line is appended so that this happens once.
 */
export function listSessions(home: Home, filter: SessionFilter = {}): SessionSummary[] {
  const known = readSummaries(home);
  const found: SessionSummary[] = [];
  for (const id of sessionIds(home)) {
    const summary = known.get(id) ?? fromLog(home, id);
    if (summary && matches(summary, filter)) found.push(summary);
  }
  found.sort((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1));
  return filter.limit === undefined ? found : found.slice(0, filter.limit);
}

/** Every session folder of the home, in no order. */
export function sessionIds(home: Home): string[] {
  try {
    return readdirSync(home.sessions).filter(name => SESSION_ID.test(name));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw fileError(error, 'list the sessions', home.sessions);
  }
}

function fromLog(home: Home, id: string): SessionSummary | undefined {
  try {
    const live = recorderOf(sessionFolder(home, id)) !== undefined;
    const summary = summarise(readSession(home, id));
    if (!live) rememberQuietly(home, summary);
    return summary;
  } catch (error) {
    // One unreadable log must not hide the others; reading it by name tells what is wrong with it.
    if (error instanceof RewindError) return undefined;
    throw error;
  }
}

/** A home that may not be written is listed all the same. */
function rememberQuietly(home: Home, summary: SessionSummary): void {
  try {
    appendSummary(home, summary);
  } catch (error) {
    if (!(error instanceof RewindError)) throw error;
  }
}

function matches(summary: SessionSummary, { mode, name, since }: SessionFilter): boolean {
  return (
    (mode === undefined || mode.includes(summary.mode)) &&
    (name === undefined || summary.name === name) &&
    (since === undefined || summary.startedAt >= since)
  );
}
