import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { RewindError } from '../../src/errors.ts';
import { logPath, openHome, sessionFolder } from '../../src/sessions/home.ts';
import { listSessions } from '../../src/sessions/list.ts';
import { recorderOf, takeLock } from '../../src/sessions/lock.ts';
import { readSession } from '../../src/sessions/reader.ts';
import { removeSession } from '../../src/sessions/remove.ts';
import { randomExchange } from './random-exchange.ts';
import { sampleExchange } from './sample.ts';
import { record, startSession, temporaryHome } from './temporary-home.ts';

const run = promisify(execFile);
const recordUntilFull = fileURLToPath(new URL('./children/record-until-full.ts', import.meta.url));
const posixOnly = process.platform === 'win32' && 'Windows has no such limits and modes';

test('a disk that fills up ends the log at its last whole record, and the run goes on', {
  skip: posixOnly,
}, async t => {
  const home = temporaryHome(t);
  const script = `ulimit -f 64; trap '' XFSZ; exec "$0" "$@"`; // blocks of 1024 bytes in bash
  const { stdout } = await run('bash', ['-c', script, process.execPath, recordUntilFull, home.path]);
  const { id, calls, warnings } = JSON.parse(stdout) as { id: string; calls: number; warnings: string[] };
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]!, /Recording stopped, the run goes on\. .*may not grow/);
  assert.ok(calls > 5 && calls < 400, `${calls} calls`);
  const session = readSession(home, id);
  assert.equal(session.warnings.length, 1, 'nothing torn is left');
  assert.match(session.warnings[0]!, /broke off before its end/);
  const complete = [...session.exchanges()].filter(({ answer }) => answer.end.kind === 'complete');
  assert.ok(complete.length >= session.length - 1);
  for (const { seq, request, answer } of complete) {
    assert.deepEqual(
      { request, answer },
      (({ request, answer }) => ({ request, answer }))(randomExchange(1, seq)),
    );
  }
});

test('a home is private, and made so', { skip: posixOnly }, async t => {
  const folder = join(temporaryHome(t).path, 'deep', 'home');
  const home = openHome(folder);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  chmodSync(folder, 0o755);
  openHome(folder);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  const writer = startSession(home);
  record(writer, sampleExchange());
  await writer.seal();
  for (const path of [sessionFolder(home, writer.id), home.sessions])
    assert.equal(statSync(path).mode & 0o077, 0);
  for (const path of [logPath(home, writer.id), home.summaries])
    assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(sessionFolder(home, writer.id)), ['log'], 'no lock and no draft is left');
});

test('a home that cannot be is one clear error', t => {
  const file = join(temporaryHome(t).path, 'file');
  writeFileSync(file, '');
  const isToldAs = (code: string) => (error: unknown) =>
    error instanceof RewindError && error.code === code && error.hint !== '';
  assert.throws(() => openHome(file), isToldAs('not-a-folder'));
  assert.throws(() => openHome(join(file, 'below')), isToldAs('not-a-folder'));
  const home = temporaryHome(t);
  writeFileSync(home.sessions, '');
  assert.throws(() => startSession(home), isToldAs('not-a-folder'));
});

test('a session id never names a path', t => {
  const home = temporaryHome(t);
  for (const id of ['../../etc', '', 'ABC', `${'a'.repeat(31)}/`, `${'a'.repeat(32)}\n`, '.'.repeat(32)]) {
    assert.throws(() => sessionFolder(home, id), { code: 'bad-session-id' });
  }
});

test('a dead recorder is told from a living one, also when its process id is used again', {
  skip: posixOnly,
}, t => {
  const folder = join(temporaryHome(t).path, 'session');
  mkdirSync(folder);
  assert.equal(takeLock(folder), true);
  assert.equal(recorderOf(folder), process.pid);
  assert.equal(takeLock(folder), false, 'we live');
  const lock = join(folder, 'lock');
  writeFileSync(lock, JSON.stringify({ pid: 2 ** 22 + 1, born: null }));
  assert.equal(recorderOf(folder), undefined);
  if (existsSync('/proc/self/stat')) {
    writeFileSync(lock, JSON.stringify({ pid: process.pid, born: '1' }));
    assert.equal(recorderOf(folder), undefined, 'another process with our id');
  }
  assert.equal(takeLock(folder), true, 'taken over');
  assert.equal(recorderOf(folder), process.pid);
  writeFileSync(lock, 'torn');
  assert.equal(takeLock(folder), true, 'a torn lock is nobody’s');
  assert.deepEqual(readdirSync(folder), ['lock']);
});

test('a session is deleted, but not while it is recorded', async t => {
  const home = temporaryHome(t);
  const [kept, gone] = [startSession(home), startSession(home)];
  record(gone, sampleExchange());
  assert.throws(() => removeSession(home, gone.id), { code: 'session-in-use' });
  await Promise.all([kept.seal(), gone.seal()]);
  removeSession(home, gone.id);
  assert.equal(existsSync(sessionFolder(home, gone.id)), false);
  assert.deepEqual(
    listSessions(home).map(({ id }) => id),
    [kept.id],
  );
  assert.throws(() => removeSession(home, gone.id), { code: 'no-such-session' });
  assert.ok(readFileSync(home.summaries, 'utf8').endsWith(`{"deleted":"${gone.id}"}\n`));
});

test('a session that is taken away while it is recorded does not stop the run', {
  skip: posixOnly,
}, async t => {
  const home = temporaryHome(t);
  const writer = startSession(home);
  record(writer, sampleExchange());
  removeSession(home, writer.id, { force: true });
  record(writer, sampleExchange({ seq: 1 }));
  await assert.rejects(writer.seal(), { code: 'no-such-session' });
});
