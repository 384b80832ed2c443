import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { openHome } from '../../src/sessions/home.ts';
import { readSession } from '../../src/sessions/reader.ts';
import { commandLine, root } from './command-line.ts';

interface Answer {
  readonly result?: unknown;
  readonly error?: {
    readonly message: string;
    readonly data: { readonly code: string; readonly hint: string };
  };
}

/** `rewind serve`, asked one thing after the other. */
function serve(t: TestContext) {
  const { home, env } = commandLine(t);
  const child = spawn(process.execPath, [join(root, 'src/cli/main.ts'), 'serve'], { env, cwd: home });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value ?? 'null') as Answer;
  const ready = next();
  const ended = new Promise<number | null>(resolve => child.once('close', resolve));
  t.after(async () => {
    child.stdin.end();
    await ended;
  });
  return {
    home,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    ended,
    async ask(method: string, params: object): Promise<Answer> {
      await ready;
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })}\n`);
      return next();
    },
  };
}

test('what is wrong with a cassette names the file', async t => {
  const { home, ask } = serve(t);
  const broken = {
    'empty.rw': ['', 'not-a-cassette'],
    'merged.rw': ['{"rewind":"cassette","version":1}\n<<<<<<< HEAD\n', 'bad-cassette'],
    'other.yaml': ['a: [', 'bad-yaml'],
  } as const;
  for (const [name, [text, code]] of Object.entries(broken)) {
    const cassette = join(home, name);
    writeFileSync(cassette, text);
    const { error } = await ask('open', { cassette });
    assert.equal(error?.data.code, code, JSON.stringify(error));
    assert.equal(error.message.split(cassette).length, 2, error.message);
    assert.notEqual(error.data.hint, '');
  }
});

test('Ctrl-C is left to the test run, which has still to say how its test went; a kill ends it in good order', async t => {
  const { home, ask, kill, ended } = serve(t);
  await ask('open', { cassette: join(home, 'a.rw'), mode: 'record' });
  kill('SIGINT');
  const { result } = await ask('close', { passed: true });
  assert.equal((result as { written: boolean }).written, true);

  const opened = await ask('open', { cassette: join(home, 'b.rw'), mode: 'record' });
  kill('SIGTERM');
  assert.equal(await ended, 0);
  assert.ok(!existsSync(join(home, 'b.rw')), 'a test that never ended has not passed');
  const { session } = opened.result as { session: string };
  assert.equal(readSession(openHome(home), session).sealed, true);
});

test('a cassette that is not there may be that of a test which was renamed', async t => {
  const { home, ask } = serve(t);
  writeFileSync(join(home, 'test_refund.rw'), '');
  const { error } = await ask('open', { cassette: join(home, 'test_refunds.rw') });
  assert.equal(error?.data.code, 'no-cassette');
  assert.match(error.data.hint, /Was the test renamed\? .*test_refund\.rw$/);
  const other = await ask('open', { cassette: join(home, 'test_search.rw') });
  assert.doesNotMatch(other.error?.data.hint ?? '', /renamed/);
});
