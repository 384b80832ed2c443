import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { emptyTrash, moveToTrash, restoreFromTrash, sweepTrash } from '../../src/extension/trash.ts';
import { openHome } from '../../src/sessions/home.ts';
import { listSessions } from '../../src/sessions/list.ts';
import { readSession } from '../../src/sessions/reader.ts';
import { createSession } from '../../src/sessions/writer.ts';

async function homeWithSession(t: { after(then: () => void): void }) {
  const folder = mkdtempSync(join(tmpdir(), 'rewind-trash-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const home = openHome(folder);
  const writer = createSession(home, {
    id: 'a'.repeat(32),
    startedAt: Date.UTC(2026, 0, 31),
    command: ['agent'],
    cwd: folder,
    mode: 'record',
    scope: 'llm',
  });
  return { home, writer };
}

test('a deleted session is gone, and whole again after an undo', async t => {
  const { home, writer } = await homeWithSession(t);
  const summary = await writer.seal();
  moveToTrash(home, summary);
  assert.deepEqual(listSessions(home), []);
  assert.ok(restoreFromTrash(home, summary));
  assert.deepEqual(listSessions(home), [summary]);
  assert.equal(readSession(home, summary.id).start.id, summary.id);
});

test('without an undo it is gone for good', async t => {
  const { home, writer } = await homeWithSession(t);
  const summary = await writer.seal();
  moveToTrash(home, summary);
  emptyTrash(home, [summary.id]);
  assert.equal(restoreFromTrash(home, summary), false);
});

test('what a closed editor left is swept, later', async t => {
  const { home, writer } = await homeWithSession(t);
  const summary = await writer.seal();
  moveToTrash(home, summary);
  sweepTrash(home, Date.now());
  assert.ok(restoreFromTrash(home, summary), 'another window may still offer the undo');
  moveToTrash(home, summary);
  sweepTrash(home, Date.now() + 3_600_000);
  assert.equal(restoreFromTrash(home, summary), false);
});

test('a session that is being recorded stays', async t => {
  const { home, writer } = await homeWithSession(t);
  const [summary] = listSessions(home);
  assert.throws(() => moveToTrash(home, summary!), { code: 'session-in-use' });
  assert.equal((await writer.seal()).id, summary!.id);
});
