import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { loadScript } from '../../src/emulator/script.ts';
import { commandLine, root } from '../cli/command-line.ts';
import { PYTHON, withoutPackages } from '../clients/python-packages.ts';
import { adapter, printed, setExpression, value } from './adapter-process.ts';

const missing = withoutPackages('openai');

test("a Python agent is forked: OpenAI's SDK reads an edited stream, and the provider answers what comes of it", {
  skip: missing ?? false,
}, async t => {
  const emulator = await startEmulator({
    script: await loadScript(join(root, 'examples/scripts/order-agent.json')),
  });
  t.after(() => emulator.close());
  const upstream = `api.openai.com=${emulator.url}`;
  const line = commandLine(t);
  const agent = [PYTHON, join(root, 'examples/python/order_agent.py'), '--stream'];
  const { code, stderr } = await line.run('record', '--upstream', upstream, '--name', 'taped', ...agent);
  assert.equal(code, 0, stderr);

  const client = adapter(t, line);
  const first = await client.launch({ session: 'taped', allowLive: true, upstream: [upstream] });
  assert.match(first.description!, /^Step 0 of 4/);
  await client.move('next');
  assert.equal(await value(client, 'response.toolCalls[0].arguments.order'), '"ORD-1042"');
  await setExpression(client, 'response.toolCalls[0].arguments.order', '"ORD-1057"');
  assert.doesNotMatch(printed(client), /refund\(/, 'nothing runs yet');

  const asked = await client.move('next');
  assert.match(asked.description!, /^Step 4 · /, printed(client, 'important'));
  assert.match(printed(client), /refund\({"order": ?"ORD-1057".*"refunded": 39\.5/);
  assert.equal(await value(client, 'label'), '"LIVE"');
  assert.match(await value(client, 'response.text'), /\(ORD-1057\) is refunded: 39\.5 euros/);
  const end = await client.move('continue');
  assert.match(end.description!, /^Step 4 of 4 · the end of the recording/);
  assert.match(printed(client), /\(ORD-1057\) is refunded: 39\.5 euros/);
  assert.deepEqual(
    client.events('exited').map(({ body }) => body),
    [{ exitCode: 0 }],
  );
  await client.ask('disconnect');
});
