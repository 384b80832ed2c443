import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { post } from './with-emulator.ts';

const MAIN = fileURLToPath(new URL('../../src/emulator/main.ts', import.meta.url));
const SCRIPT = fileURLToPath(new URL('../../examples/scripts/rag.json', import.meta.url));

test('stand-alone: says where it listens, speaks by its script, stops when told', async () => {
  const child = spawn(process.execPath, [
    MAIN,
    '--script',
    SCRIPT,
    '--behaviour',
    '{"rewording":{"Two":"2"}}',
  ]);
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const url = /http:\S+/.exec(line.toString())![0];
    const messages = [
      { role: 'system', content: '# Shipping' },
      { role: 'user', content: 'When do you ship?' },
    ];
    const { text } = await post(`${url}/v1/chat/completions`, { model: 'gpt-4o', messages });
    assert.match(text, /"content": "2 days within the country, up to six abroad\."/);
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  } finally {
    child.kill('SIGKILL');
  }
});

test('stand-alone: a bad option is one line and exit code 1', async () => {
  const child = spawn(process.execPath, [MAIN, '--port', 'x']);
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => {
    said += bytes.toString();
  });
  assert.deepEqual(await once(child, 'close'), [1, null]);
  assert.equal(said, 'x is not a port. Give a number from 0 to 65535.\n');
});
