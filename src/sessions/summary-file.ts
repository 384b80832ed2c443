import { appendFileSync, readFileSync } from 'node:fs';
import { errnoOf, fileError } from './file-error.ts';
import { type Home, SESSION_ID } from './home.ts';
import type { SessionSummary } from './session.ts';

/**
 * `sessions.jsonl`: one line a session, appended in a single write, so that several recorders never mix their lines. The
 * last line of a session counts; `{"deleted": id}` takes it away. A line that is torn or foreign is passed over: the log
 * is the truth, and `listSessions` reads it where a line is missing.
 */
export function appendSummary(home: Home, summary: SessionSummary): void {
  appendLine(home, summary);
}

export function appendTombstone(home: Home, id: string): void {
  appendLine(home, { deleted: id });
}

function appendLine(home: Home, line: object): void {
  try {
    appendFileSync(home.summaries, `${JSON.stringify(line)}\n`, { mode: 0o600 });
  } catch (error) {
    throw fileError(error, 'write the list of sessions', home.summaries);
  }
}

export function readSummaries(home: Home): Map<string, SessionSummary> {
  const summaries = new Map<string, SessionSummary>();
  for (const line of readLines(home)) {
    const found = parse(line);
    if (!found) continue;
    if ('deleted' in found) summaries.delete(found.deleted);
    else summaries.set(found.id, found);
  }
  return summaries;
}

function readLines(home: Home): string[] {
  try {
    return readFileSync(home.summaries, 'utf8').split('\n');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw fileError(error, 'read the list of sessions', home.summaries);
  }
}

function parse(line: string): SessionSummary | { readonly deleted: string } | undefined {
  if (line === '') return undefined;
  try {
    const found = JSON.parse(line) as SessionSummary | { readonly deleted: string } | null;
    if (typeof found !== 'object' || found === null) return undefined;
    if ('deleted' in found) return found;
    return SESSION_ID.test(found.id) && typeof found.startedAt === 'number' ? found : undefined;
  } catch {
    return undefined;
  }
}
