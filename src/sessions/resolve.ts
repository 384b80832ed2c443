import { existsSync } from 'node:fs';
import { RewindError } from '../errors.ts';
import { readCassetteFile } from './cassette.ts';
import type { Home } from './home.ts';
import { listSessions, sessionIds } from './list.ts';
import { readSession } from './reader.ts';
import type { SessionReader, SessionSummary } from './session.ts';

/** Runs of Rewind itself: `latest` never means one of them. */
const OWN_RUNS: ReadonlySet<SessionSummary['mode']> = new Set(['replay', 'verify', 'mutant']);

/**
 * The session a user names: `latest`, `latest-replay`, the beginning of an id, a name, or the path of a `.rw` file.
 * Throws RewindError `no-such-session`, `ambiguous-session`, `no-sessions`.
 */
export function resolveSession(home: Home, ref: string): SessionReader {
  if (ref.endsWith('.rw')) return readCassetteFile(ref);
  return readSession(home, resolveId(home, ref));
}

/** As `resolveSession`, for a session of the home: its id. */
export function resolveId(home: Home, ref: string): string {
  if (ref === 'latest') return latest(home, mode => !OWN_RUNS.has(mode));
  if (ref === 'latest-replay') return latest(home, mode => mode === 'replay');
  const byPrefix = /^[0-9a-f]{1,32}$/i.test(ref)
    ? sessionIds(home).filter(id => id.startsWith(ref.toLowerCase()))
    : [];
  if (byPrefix.length === 1 && ref.length >= 8) return byPrefix[0]!;
  // A short word of hex digits may be a name (`face`): who gave it a session means that one.
  const byName = listSessions(home, { name: ref }).map(({ id }) => id);
  const found = byName.length > 0 ? byName : byPrefix;
  if (found.length === 1) return found[0]!;
  if (found.length > 1) throw ambiguous(home, ref, found);
  throw new RewindError(
    'no-such-session',
    `No session is called ${JSON.stringify(ref)}${existsSync(ref) ? ', and a session file must end in .rw' : ''}`,
    '`rewind list` shows ids and names; the beginning of an id, a name, `latest` or a .rw file will do.',
  );
}

function latest(home: Home, wanted: (mode: SessionSummary['mode']) => boolean): string {
  // A session that the code named is a part of a run, not one.
  const found = listSessions(home).find(({ mode, within }) => wanted(mode) && within === undefined);
  if (found) return found.id;
  throw new RewindError(
    'no-sessions',
    'Nothing is recorded yet',
    'Record a run with `rewind record <command>`.',
  );
}

function ambiguous(home: Home, ref: string, ids: readonly string[]): RewindError {
  const names = new Map(listSessions(home).map(({ id, name }) => [id, name]));
  const shown = ids
    .slice(0, 8)
    .map(id => `${id.slice(0, Math.max(8, ref.length + 2))}${names.get(id) ? ` (${names.get(id)})` : ''}`);
  return new RewindError(
    'ambiguous-session',
    `${JSON.stringify(ref)} means ${ids.length} sessions: ${shown.join(', ')}${ids.length > 8 ? ', …' : ''}`,
    'Type more of the id.',
  );
}
