/** SDKs refuse to start without a key; on a tape none is needed. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { loadScript } from '../../src/emulator/script.ts';
import { commandLine, root } from './command-line.ts';

test('a machine without a key replays what one with a key has recorded', async t => {
  const script = await loadScript(join(root, 'examples/scripts/order-agent.json'));
  const emulator = await startEmulator({ script });
  t.after(() => emulator.close());
  const cli = commandLine(t);
  cli.cwd = join(root, 'examples/typescript');
  const upstream = ['--upstream', `api.openai.com=${emulator.url}`];
  const recorded = await cli.run('record', ...upstream, '--', process.execPath, 'order-agent.ts');
  assert.equal(recorded.code, 0, recorded.stderr);
  await emulator.close();

  delete cli.env.OPENAI_API_KEY;
  const replayed = await cli.run('replay', 'latest');
  assert.equal(replayed.code, 0, replayed.stderr);
  assert.equal(replayed.stdout, recorded.stdout);
  const live = await cli.run('replay', 'latest', '--allow-live');
  assert.match(
    live.stderr,
    /Missing credentials|OPENAI_API_KEY/,
    'where money may be spent, a missing key is the command’s to tell',
  );
});
