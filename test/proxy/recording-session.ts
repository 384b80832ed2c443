import type { TestContext } from 'node:test';
import { openHome } from '../../src/sessions/home.ts';
import { readSession } from '../../src/sessions/reader.ts';
import type { SessionReader, SessionWriter } from '../../src/sessions/session.ts';
import { createSession } from '../../src/sessions/writer.ts';
import { temporaryFolder } from './local-host.ts';

/** A session of its own home; `read` seals it. */
export function recordingSession(t: TestContext): {
  readonly writer: SessionWriter;
  readonly read: () => Promise<SessionReader>;
} {
  const home = openHome(temporaryFolder(t));
  const writer = createSession(home, { startedAt: 0, command: [], cwd: '/', mode: 'record', scope: 'llm' });
  return {
    writer,
    read: async () => {
      await writer.seal();
      return readSession(home, writer.id);
    },
  };
}
