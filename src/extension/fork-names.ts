import type { SessionSummary } from '../sessions/session.ts';
import { sessionTitle } from './session-words.ts';

/** Forks that nobody named, called after what they left: `fork of refund at 2`, and a fork of that `fork of refund at 2 at 4`. */
export function nameForks(sessions: readonly SessionSummary[]): readonly SessionSummary[] {
  const known = new Map(sessions.map(session => [session.id, session]));
  return sessions.map(session => nameFork(session, id => known.get(id)));
}

/** As it is where it has a name, is no fork, or what it left is gone. */
export function nameFork(
  session: SessionSummary,
  find: (id: string) => SessionSummary | undefined,
): SessionSummary {
  const { mode, name, parent } = session;
  const left = mode === 'fork' && name === undefined && parent ? find(parent.session) : undefined;
  if (!left || !parent) return session;
  const title = sessionTitle(nameFork(left, find)).replace(/^fork of /, '');
  return { ...session, name: `fork of ${title}${parent.step === undefined ? '' : ` at ${parent.step}`}` };
}
