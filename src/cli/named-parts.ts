import type { Home } from '../sessions/home.ts';
import { listSessions } from '../sessions/list.ts';
import { readSession } from '../sessions/reader.ts';
import type { SessionReader } from '../sessions/session.ts';

/** The sessions that the code named inside a recorded run, by name, each list in the order of their beginning. */
export function namedPartsOf(home: Home, run: SessionReader): ReadonlyMap<string, readonly SessionReader[]> {
  const parts = new Map<string, SessionReader[]>();
  const summaries = listSessions(home).filter(({ within }) => within === run.start.id);
  for (const { id, name = '' } of summaries.reverse()) {
    const reader = readSession(home, id);
    const known = parts.get(name);
    if (known) known.push(reader);
    else parts.set(name, [reader]);
  }
  return parts;
}
