import { connect } from 'node:net';
import type { AttachedSession } from '../dap/attached-run.ts';
import { RewindError } from '../errors.ts';
import { followSession } from '../sessions/follow-session.ts';
import { type Home, openHome, sessionFolder } from '../sessions/home.ts';
import { listSessions } from '../sessions/list.ts';
import { recorderOf } from '../sessions/lock.ts';
import { resolveId } from '../sessions/resolve.ts';

export interface AttachTo {
  /** Null: the newest session of a running proxy, else the newest that is being recorded. */
  readonly session: string | null;
  /** Where the proxy listens, for the words that tell what is missing. */
  readonly port: number;
}

/** The session that is being recorded by another process. Throws RewindError `no-proxy`, `nothing-recorded`, `not-recording`. */
export async function attachedSession({ session, port }: AttachTo): Promise<AttachedSession> {
  const home = openHome();
  const id = session === null ? await newestOpen(home, port) : resolveId(home, session);
  const isOpen = (): boolean => recorderOf(sessionFolder(home, id)) !== undefined;
  if (!isOpen())
    throw new RewindError(
      'not-recording',
      `Session ${id.slice(0, 8)} is not being recorded any more`,
      'Walk it with "request": "launch", "mode": "session".',
    );
  return { read: followSession(home, id), isOpen };
}

async function newestOpen(home: Home, port: number): Promise<string> {
  const open = listSessions(home, { limit: 200 }).filter(
    ({ id, sealed }) => !sealed && recorderOf(sessionFolder(home, id)) !== undefined,
  );
  const found = open.find(({ mode }) => mode === 'proxy') ?? open[0];
  if (found) return found.id;
  if (await listens(port))
    throw new RewindError(
      'nothing-recorded',
      `The proxy on 127.0.0.1:${port} has recorded nothing yet`,
      'Send a process through it, and attach then.',
    );
  throw new RewindError(
    'no-proxy',
    `No proxy runs: nothing listens on 127.0.0.1:${port}, and nothing is being recorded`,
    'Start one with `rewind proxy`, or name its "port".',
  );
}

function listens(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host: '127.0.0.1', port });
    const end = (found: boolean) => () => {
      socket.destroy();
      resolve(found);
    };
    socket.once('connect', end(true)).once('error', end(false)).setTimeout(2000, end(false));
  });
}
