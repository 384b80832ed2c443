import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
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
  const ended = new Promise(resolve => child.once('close', resolve));
  t.after(async () => {
    child.stdin.end();
    await ended;
  });
  return {
    home,
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

test('a cassette that is not there may be that of a test which was renamed', async t => {
  const { home, ask } = serve(t);
  writeFileSync(join(home, 'test_refund.rw'), '');
  const { error } = await ask('open', { cassette: join(home, 'test_refunds.rw') });
  assert.equal(error?.data.code, 'no-cassette');
  assert.match(error.data.hint, /Was the test renamed\? .*test_refund\.rw$/);
  const other = await ask('open', { cassette: join(home, 'test_search.rw') });
  assert.doesNotMatch(other.error?.data.hint ?? '', /renamed/);
});
