import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Home, openHome } from '../../src/sessions/home.ts';
import type { SessionWriter } from '../../src/sessions/session.ts';
import { createSession, type NewSession, type SessionOptions } from '../../src/sessions/writer.ts';
import type { Exchange } from '../../src/wire/exchange.ts';

/** A home of its own for one test. */
export function temporaryHome(t: TestContext): Home {
  const folder = mkdtempSync(join(tmpdir(), 'rewind-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return openHome(folder);
}

export function startSession(
  home: Home,
  start: Partial<NewSession> = {},
  options: SessionOptions = {},
): SessionWriter {
  return createSession(
    home,
    {
      startedAt: 1_750_000_000_000,
      command: ['agent'],
      cwd: '/shop',
      mode: 'record',
      scope: 'llm',
      ...start,
    },
    options,
  );
}

export function record(writer: SessionWriter, { seq, at, request, answer, site, label }: Exchange): void {
  writer.request({ seq, at, request, ...(site !== undefined && { site }) });
  if (label) writer.label(seq, label);
  if (answer.head) writer.answerHead(seq, answer.headAt ?? 0, answer.head);
  for (const { at, bytes } of answer.chunks) writer.answerChunk(seq, at, bytes);
  if (answer.end.kind !== 'unfinished') writer.answerEnd(seq, answer.end);
}
