import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TurnWrites } from '../../src/proxy/turn-writes.ts';
import { openHome } from '../../src/sessions/home.ts';
import { createSession } from '../../src/sessions/writer.ts';
import { temporaryFolder } from './local-host.ts';

test('what waits in one turn is written together, behind it; what comes later, in a turn of its own', async t => {
  const home = openHome(temporaryFolder(t));
  const writer = createSession(home, {
    startedAt: 0,
    command: [],
    cwd: '/',
    mode: 'replay',
    scope: 'llm',
  });
  t.after(() => writer.discard());
  const events: string[] = [];
  const together = writer.together.bind(writer);
  writer.together = work => {
    events.push('begin');
    together(work);
    events.push('end');
  };
  const writes = new TurnWrites(writer);
  assert.equal(writes.written, undefined);
  writes.add(() => events.push('one'));
  writes.add(() => events.push('two'));
  events.push('turn');
  await writes.written;
  assert.equal(writes.written, undefined);
  writes.add(() => events.push('three'));
  await writes.written;
  assert.deepEqual(events, ['turn', 'begin', 'one', 'two', 'end', 'begin', 'three', 'end']);
});
