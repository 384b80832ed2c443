import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { RewindError } from '../../src/errors.ts';
import { type Home, logPath } from '../../src/sessions/home.ts';
import { readLog } from '../../src/sessions/read-log.ts';
import { LogReader, readSession } from '../../src/sessions/reader.ts';
import type { Exchange } from '../../src/wire/exchange.ts';
import { sampleExchange } from './sample.ts';
import { record, startSession, temporaryHome } from './temporary-home.ts';

const EXCHANGES: readonly Exchange[] = ['first', 'first, second', 'first, second, third'].map(
  (history, seq) =>
    sampleExchange({
      seq,
      body: JSON.stringify({ system: 'You are terse. '.repeat(12), messages: [history] }),
      chunks: [`data: {"n":${seq}}\n\n`, 'data: {"te', 'xt":"done"}\n\n'],
    }),
);

/** The bytes of a small log, as its recorder leaves it or packed. */
async function smallLog(home: Home, packed: boolean): Promise<{ id: string; path: string; bytes: Buffer }> {
  const writer = startSession(home);
  for (const exchange of EXCHANGES) record(writer, exchange);
  writer.output({ at: 1, stream: 'stdout', bytes: Buffer.from('hello\n') });
  writer.exit({ at: 500, code: 0, signal: null });
  const path = logPath(home, writer.id);
  if (packed) await writer.seal();
  const bytes = readFileSync(path);
  if (!packed) await writer.seal();
  return { id: writer.id, path: join(home.path, 'copy'), bytes };
}

test('a session is read as it was written, before and after it is packed', async t => {
  const home = temporaryHome(t);
  const writer = startSession(home, { name: 'small' });
  for (const exchange of EXCHANGES) record(writer, exchange);
  writer.label(2, 'EXACT');
  writer.output({ at: 1.23, stream: 'stderr', bytes: Buffer.from('careful\n') });
  writer.tool({ at: 2, durationMs: 3.21, name: 'search', arguments: { q: 'x' }, result: [1] });
  writer.exit({ at: 500, code: 3, signal: null });
  const live = readSession(home, writer.id);
  assert.equal(live.sealed, false);
  const summary = await writer.seal();
  const packed = readSession(home, writer.id);
  assert.equal(packed.sealed, true);
  assert.equal(summary.calls, 3);
  assert.equal(summary.durationMs, 500);
  for (const session of [live, packed]) {
    assert.deepEqual([...session.exchanges()].slice(0, 2), EXCHANGES.slice(0, 2));
    assert.deepEqual(session.exchange(2), { ...EXCHANGES[2], label: 'EXACT' });
    assert.deepEqual(session.output, [{ at: 1.2, stream: 'stderr', bytes: Buffer.from('careful\n') }]);
    assert.deepEqual(session.tools, [
      { at: 2, durationMs: 3.2, name: 'search', arguments: { q: 'x' }, result: [1] },
    ]);
    assert.deepEqual(session.exit, { at: 500, code: 3, signal: null });
    assert.deepEqual(session.warnings, []);
    assert.equal(session.length, 3);
  }
});

test('a log cut at any byte gives all that was whole before', async t => {
  const { id, path, bytes } = await smallLog(temporaryHome(t), false);
  let whole = 0;
  for (let length = 0; length < bytes.length; length++) {
    writeFileSync(path, bytes.subarray(0, length));
    let session: LogReader;
    try {
      session = new LogReader(id, readLog(id, path, false));
    } catch (error) {
      assert.ok(error instanceof RewindError && error.code === 'empty-log', String(error));
      assert.equal(whole, 0, 'what was whole stays whole');
      continue;
    }
    const complete = [...session.exchanges()].filter(({ answer }) => answer.end.kind === 'complete');
    assert.deepEqual(complete, EXCHANGES.slice(0, complete.length));
    assert.ok(complete.length >= whole);
    whole = complete.length;
    for (const { seq, request } of session.exchanges()) assert.deepEqual(request, EXCHANGES[seq]?.request);
    assert.ok(session.warnings.length <= 1);
    assert.equal(session.sealed, false);
  }
  assert.equal(whole, 3);
});

for (const packed of [false, true]) {
  test(`a flipped bit anywhere in a ${packed ? 'packed' : 'live'} log is told, and gives no wrong bytes`, async t => {
    const { id, path, bytes } = await smallLog(temporaryHome(t), packed);
    for (let at = 0; at < bytes.length; at++) {
      const damaged = Buffer.from(bytes);
      damaged[at]! ^= 1 << (at % 8);
      writeFileSync(path, damaged);
      let session: LogReader;
      try {
        session = new LogReader(id, readLog(id, path, false));
      } catch (error) {
        assert.ok(error instanceof RewindError, `byte ${at}: ${error}`);
        continue;
      }
      assert.notDeepEqual(session.warnings, [], `byte ${at} of ${bytes.length} is not told`);
      for (const original of EXCHANGES) assertNotWrong(session, original, at);
    }
  });
}

/** Lost or told as corrupt is fine; other bytes are not. */
function assertNotWrong(session: LogReader, original: Exchange, at: number): void {
  let found: Exchange;
  try {
    found = session.exchange(original.seq);
  } catch (error) {
    assert.ok(error instanceof RewindError, `byte ${at}: ${error}`);
    assert.match(error.code, /^(corrupt-blob|no-such-exchange)$/);
    if (error.code === 'corrupt-blob') {
      assert.match(error.message, /Session [0-9a-f]{32}: blob /);
      const told = new RegExp(`of exchange ${original.seq} is damaged \\(blob`);
      assert.ok(
        session.warnings.some(warning => told.test(warning)),
        `byte ${at}`,
      );
    }
    return;
  }
  assert.deepEqual(found.request, original.request);
  if (found.answer.head) assert.deepEqual(found.answer.head, original.answer.head);
  if (found.answer.end.kind === 'complete') assert.deepEqual(found.answer.chunks, original.answer.chunks);
  else assert.equal(found.answer.end.kind, 'unfinished');
}

test('recorded text that looks like a frame is never taken for one', async t => {
  const home = temporaryHome(t);
  const { id, path, bytes } = await smallLog(home, false);
  const writer = startSession(home);
  // The whole of another log, inside a body.
  record(writer, sampleExchange({ body: bytes }));
  record(writer, sampleExchange({ seq: 1 }));
  copyFileSync(logPath(home, writer.id), path);
  await writer.seal();
  const file = readFileSync(path);
  file[file.indexOf(bytes) - 3]! ^= 1; // breaks the frame around it
  writeFileSync(path, file);
  const session = new LogReader(id, readLog(id, path, false));
  assert.deepEqual(
    [...session.exchanges()].map(({ seq }) => seq),
    [1],
  );
});

test('a session that is being recorded can be read, and its torn end is nothing to tell of', async t => {
  const home = temporaryHome(t);
  const writer = startSession(home);
  record(writer, EXCHANGES[0]!);
  writer.request(EXCHANGES[1]!);
  appendFileSync(logPath(home, writer.id), Buffer.from([0xf5, 0x52]));
  const session = readSession(home, writer.id);
  assert.deepEqual(session.warnings, []);
  assert.equal(session.exchange(1).answer.end.kind, 'unfinished');
  assert.equal(statSync(logPath(home, writer.id)).size > 0, true);
  await writer.seal();
});

test('a chunk is on disk when the method returns', async t => {
  const home = temporaryHome(t);
  const writer = startSession(home);
  const { request, answer } = sampleExchange({ chunks: ['data: {"n":1}\n\n', 'data: {"text":"', '"}\n\n'] });
  writer.request({ seq: 0, at: 0, request });
  writer.answerHead(0, 1, answer.head!);
  for (const [i, { at, bytes }] of answer.chunks.entries()) {
    writer.answerChunk(0, at, bytes);
    const chunks = readSession(home, writer.id).exchange(0).answer.chunks;
    assert.deepEqual(chunks, answer.chunks.slice(0, i + 1));
  }
  writer.answerEnd(0, { kind: 'reset', at: 3, message: 'read ECONNRESET' });
  assert.deepEqual(readSession(home, writer.id).exchange(0).answer.end, {
    kind: 'reset',
    at: 3,
    message: 'read ECONNRESET',
  });
  await writer.seal();
});

test('a log left behind by a dead recorder is packed by the next reader and reads the same', async t => {
  const home = temporaryHome(t);
  const { id, bytes } = await smallLog(home, false);
  const orphan = 'f'.repeat(32);
  mkdirSync(join(home.sessions, orphan));
  writeFileSync(logPath(home, orphan), bytes.subarray(0, bytes.length - 5));
  const before = readSession(home, orphan);
  assert.equal(before.warnings.length, 2, 'the torn end is told, and that there is no more');
  const after = readSession(home, orphan);
  assert.deepEqual([...after.exchanges()], [...before.exchanges()]);
  assert.deepEqual(after.warnings, before.warnings, 'and still told when it is packed');
  assert.notEqual(statSync(logPath(home, orphan)).size, bytes.length - 5);
  assert.equal(after.sealed, false);
  assert.equal(readSession(home, id).sealed, true);
});

test('times that make no sense are kept out of the log', async t => {
  const home = temporaryHome(t);
  const writer = startSession(home);
  const { request, answer } = EXCHANGES[0]!;
  writer.request({ seq: 0, at: Number.NaN, request });
  writer.answerHead(0, -5, answer.head!);
  writer.answerChunk(0, Number.POSITIVE_INFINITY, answer.chunks[0]!.bytes);
  writer.answerEnd(0, { kind: 'complete', at: 7.77, trailers: [] });
  await writer.seal();
  const found = readSession(home, writer.id).exchange(0);
  assert.equal(found.at, 0);
  assert.equal(found.answer.headAt, 0);
  assert.equal(found.answer.chunks[0]?.at, 0);
  assert.deepEqual(found.answer.end, { kind: 'complete', at: 7.8, trailers: [] });
});

test('an agent that prints without end does not fill the disk, and keeps its session', async t => {
  const home = temporaryHome(t);
  const warnings: string[] = [];
  const writer = startSession(home, {}, { onWarning: message => warnings.push(message) });
  record(writer, EXCHANGES[0]!);
  const megabyte = Buffer.alloc(2 ** 20, 'x');
  for (let i = 0; i < 80; i++) writer.output({ at: i, stream: 'stdout', bytes: megabyte });
  writer.exit({ at: 500, code: 0, signal: null });
  await writer.seal();
  const session = readSession(home, writer.id);
  assert.equal(session.output.length, 64);
  assert.deepEqual(warnings, ['only the first 64 MB of the output were recorded']);
  assert.deepEqual(session.warnings, warnings);
  assert.deepEqual(session.exchange(0), EXCHANGES[0]);
});
