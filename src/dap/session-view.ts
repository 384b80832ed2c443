import type { SessionReader } from '../sessions/session.ts';

/** A session that is always the one given last, or one that reads its exchanges in another way. */
export function sessionView(
  session: () => SessionReader,
  exchange: SessionReader['exchange'] = seq => session().exchange(seq),
): SessionReader {
  const { exit } = session();
  return {
    ...(exit ? { exit } : {}),
    get start() {
      return session().start;
    },
    get sealed() {
      return session().sealed;
    },
    get warnings() {
      return session().warnings;
    },
    get length() {
      return session().length;
    },
    get output() {
      return session().output;
    },
    get tools() {
      return session().tools;
    },
    get webSockets() {
      return session().webSockets;
    },
    exchange,
    exchanges: () => session().exchanges(),
  };
}
