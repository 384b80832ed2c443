import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { checkScript } from '../../src/emulator/script.ts';
import type { MutationReport } from '../../src/mutate/report.ts';
import { commandLine, root } from '../cli/command-line.ts';
import { ENVIRONMENT, SCRIPT as SHOP } from './lab.ts';

const SCRIPT = {
  turns: [
    { match: { user: 'city' }, answer: { text: 'Rome' } },
    { match: { user: 'weather' }, answer: { text: 'Sunny.' } },
  ],
};

test('--live asks the provider behind a fault what the tape does not have, within its money', async t => {
  const cli = commandLine(t);
  const emulator = await startEmulator({ script: checkScript(SCRIPT) });
  t.after(() => emulator.close());
  Object.assign(cli.env, ENVIRONMENT, { REWIND_UPSTREAM: `api.openai.com=${emulator.url}` });
  cli.cwd = join(cli.home, 'agent');
  mkdirSync(cli.cwd);
  const agent = join(root, 'test/mutate/agents/briefing.mjs');
  const recorded = await cli.run('record', process.execPath, agent);
  assert.match(recorded.stdout, /Sunny/, recorded.stderr);
  const run = async (...more: readonly string[]): Promise<MutationReport['mutants'][number]> => {
    const what = ['mutate', 'latest', '--step', '0', '--only', 'empty-response'];
    const { mutants } = (await cli.json(...what, ...more)) as MutationReport;
    return mutants[0]!;
  };

  const offline = await run();
  assert.deepEqual([offline.verdict, offline.live], ['inconclusive', undefined], offline.reason);

  const live = await run('--live');
  assert.equal(live.live, true);
  assert.notEqual(live.verdict, 'inconclusive');

  const poor = await run('--live', '--max-usd', '0');
  assert.deepEqual([poor.verdict, poor.live], ['inconclusive', undefined]);

  const both = await cli.run('mutate', 'latest', '--live', '--incremental');
  assert.equal(both.code, 2);
  assert.match(both.stderr, /--incremental and --live do not go together/);
});

test('--live asks what a real model makes of a tool that failed', async t => {
  const cli = commandLine(t);
  const recorded = await startEmulator({ script: checkScript(SHOP) });
  t.after(() => recorded.close());
  Object.assign(cli.env, ENVIRONMENT, { REWIND_UPSTREAM: `api.openai.com=${recorded.url}` });
  cli.cwd = join(cli.home, 'agent');
  mkdirSync(cli.cwd);
  const agent = join(root, 'test/mutate/agents/tools.mjs');
  assert.equal((await cli.run('record', process.execPath, agent, 'tells')).code, 0);
  const run = async (...more: readonly string[]): Promise<MutationReport['mutants'][number]> => {
    const what = ['mutate', 'latest', '--step', '1', '--only', 'tool-output-error'];
    return ((await cli.json(...what, ...more)) as MutationReport).mutants[0]!;
  };

  // On the tape the model answers as if nothing had happened; what counts is that it was told.
  const offline = await run();
  assert.deepEqual([offline.verdict, offline.live], ['recovered', undefined], offline.reason);

  for (const [text, verdict] of [
    ['I could not look your order up, please try again later.', 'loud'],
    ['All done, your money is on its way.', 'silent'],
  ] as const) {
    const model = await startEmulator({
      script: checkScript({ turns: [{ match: { toolResult: 'find_order' }, answer: { text } }] }),
    });
    t.after(() => model.close());
    Object.assign(cli.env, { REWIND_UPSTREAM: `api.openai.com=${model.url}` });
    const live = await run('--live');
    assert.deepEqual([live.verdict, live.live], [verdict, true], live.reason);
  }
});
