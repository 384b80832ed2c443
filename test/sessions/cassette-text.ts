import { exportCassette } from '../../src/sessions/cassette.ts';
import type { SessionReader } from '../../src/sessions/session.ts';

/** A session's cassette as one text, to be looked into. */
export const cassetteText = (session: SessionReader): string =>
  Buffer.concat([...exportCassette(session)]).toString();
