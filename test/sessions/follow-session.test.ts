import assert from 'node:assert/strict';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { followSession } from '../../src/sessions/follow-session.ts';
import { logPath } from '../../src/sessions/home.ts';
import { readSession } from '../../src/sessions/reader.ts';
import type { SessionReader } from '../../src/sessions/session.ts';
import { randomExchange } from './random-exchange.ts';
import { record, startSession, temporaryHome } from './temporary-home.ts';

const plain = (session: SessionReader): object => ({
  start: session.start,
  exit: session.exit,
  sealed: session.sealed,
  warnings: session.warnings,
  length: session.length,
  exchanges: [...session.exchanges()],
  output: session.output,
  tools: session.tools,
});

test('a session that is followed is at any time what is read of it anew, to its seal and behind it', async t => {
  const home = temporaryHome(t);
  const writer = startSession(home);
  const read = followSession(home, writer.id);
  const isTheSame = (): void => assert.deepEqual(plain(read()), plain(readSession(home, writer.id)));
  isTheSame();
  for (let seq = 0; seq < 30; seq++) {
    const exchange = randomExchange(7, seq);
    const { at, request } = exchange;
    if (seq % 3 === 0) {
      writer.request({ seq, at, request });
      isTheSame();
      if (exchange.answer.head) writer.answerHead(seq, 1, exchange.answer.head);
      isTheSame();
      if (exchange.answer.end.kind !== 'unfinished') writer.answerEnd(seq, { kind: 'client-gone', at: 5 });
    } else record(writer, exchange);
    writer.output({ at, stream: 'stdout', bytes: Buffer.from(`line ${seq}\n`) });
    isTheSame();
  }
  writer.exit({ at: 1000, code: 0, signal: null });
  isTheSame();
  await writer.seal();
  isTheSame();
  assert.ok(read().sealed);
});

test('a record that is half there is read once it is whole', t => {
  const home = temporaryHome(t);
  const writer = startSession(home);
  const path = logPath(home, writer.id);
  for (let seq = 0; seq < 5; seq++) record(writer, randomExchange(3, seq));
  const whole = readFileSync(path);
  const read = followSession(home, writer.id);
  for (let size = 200; size < whole.length; size += 1 + (whole.length >> 5)) {
    writeFileSync(path, whole.subarray(0, size));
    const session = read();
    assert.deepEqual(session.warnings, []);
    assert.deepEqual(plain(session), plain(readSession(home, writer.id)));
  }
  writeFileSync(path, whole);
  assert.equal(read().length, 5);
  truncateSync(path, 600);
  assert.deepEqual(plain(read()), plain(readSession(home, writer.id)));
});
