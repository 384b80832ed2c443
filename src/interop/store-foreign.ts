import { existsSync } from 'node:fs';
import { type Home, sessionFolder } from '../sessions/home.ts';
import type { SessionSummary } from '../sessions/session.ts';
import { createSession, type SessionOptions } from '../sessions/writer.ts';
import type { ForeignSession } from './foreign.ts';

/**
 * Writes a foreign recording as a session of mode `import`, redacted as everything that is written. Null where the very
 * same file was imported before.
 */
export async function storeForeign(
  home: Home,
  foreign: ForeignSession,
  options: SessionOptions = {},
): Promise<SessionSummary | null> {
  if (existsSync(sessionFolder(home, foreign.id))) return null;
  const writer = createSession(
    home,
    {
      id: foreign.id,
      name: foreign.name,
      startedAt: foreign.startedAt ?? Date.now(),
      command: [],
      cwd: '',
      mode: 'import',
      scope: foreign.scope,
    },
    options,
  );
  for (const { seq, at, request, answer } of foreign.exchanges) {
    writer.request({ seq, at, request });
    if (answer.head) writer.answerHead(seq, answer.headAt ?? 0, answer.head);
    for (const chunk of answer.chunks) writer.answerChunk(seq, chunk.at, chunk.bytes);
    if (answer.end.kind !== 'unfinished') writer.answerEnd(seq, answer.end);
  }
  return writer.seal();
}
