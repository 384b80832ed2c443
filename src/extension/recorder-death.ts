import { RewindError } from '../errors.ts';
import type { SessionSummary } from '../sessions/session.ts';
import type { Rewind } from './context.ts';
import { sessionTitle } from './session-words.ts';

/** Tells of a recording that broke off because its recorder was killed. Where that was a debugger, its end is told of already. */
export function recorderDeath(rewind: Rewind): void {
  const { position, recordings, sessions } = rewind;
  const followed = new Set<string>();
  const debugged = new Set<string>();
  const look = (): void => {
    for (const { id } of recordings.all) followed.add(id);
    for (const id of followed) if (position.debugs(id)) debugged.add(id);
  };
  rewind.keep(
    recordings.onChange(look),
    position.onChange(look),
    sessions.onChange(() => {
      for (const id of followed) {
        const session = sessions.find(id);
        if (!session) continue;
        followed.delete(id);
        if (!debugged.delete(id) && !session.sealed) rewind.tell(brokeOff(session));
      }
    }),
  );
}

function brokeOff(session: SessionSummary): RewindError {
  return new RewindError(
    'recorder-died',
    `The recording of "${sessionTitle(session)}" broke off: its recorder was killed`,
    'All that had come until then is kept. Run the command again for a whole recording',
  );
}
