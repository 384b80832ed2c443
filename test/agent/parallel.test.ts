import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { checkScript } from '../../src/emulator/script.ts';
import { commandLine } from '../cli/command-line.ts';
import { PYTHON, withoutPackages } from '../clients/python-packages.ts';
import { program, ROOT } from './agent-bench.ts';

test('tools of one name in one turn, with Anthropic’s SDK: each step has its own run, and its own result again', {
  skip: withoutPackages('anthropic') ?? false,
}, async t => {
  const queries = ['grinder', 'frother', 'kettle', 'frother'];
  const cli = commandLine(t);
  const emulator = await startEmulator({
    script: checkScript({
      turns: [
        { match: { toolResult: true }, answer: { text: 'Take the kettle.' } },
        { answer: { toolCalls: queries.map(query => ({ name: 'search', arguments: { query } })) } },
      ],
    }),
  });
  t.after(() => emulator.close());
  const ledger = join(cli.home, 'ledger');
  Object.assign(cli.env, { LEDGER: ledger, PYTHONPATH: join(ROOT, 'python'), PYTHONDONTWRITEBYTECODE: '1' });
  const { code, stdout, stderr } = await cli.run(
    ...['record', '--name', 'compare', '--upstream', `api.anthropic.com=${emulator.url}`],
    ...[PYTHON, program('parallel_anthropic.py')],
  );
  assert.equal(code, 0, stderr);
  const { steps, otherToolRuns } = (await cli.json('inspect', 'compare')) as {
    steps: readonly Step[];
    otherToolRuns: readonly unknown[];
  };
  const tools = steps.filter(({ kind }) => kind === 'tool');
  assert.deepEqual(
    tools.map(({ run }) => run?.arguments.query),
    queries,
  );
  for (const { run, result } of tools) assert.equal(run?.result, result?.content[0]?.text);
  assert.equal(new Set(tools.map(({ run }) => run?.result)).size, queries.length);
  assert.deepEqual(otherToolRuns, []);

  assert.equal(readFileSync(ledger, 'utf8').trim().split('\n').length, 4);
  rmSync(ledger);
  const replayed = await cli.run('replay', 'compare');
  assert.deepEqual([replayed.code, replayed.stdout], [0, stdout], replayed.stderr);
  assert.match(replayed.stderr, /tools: 4 from tape/);
  assert.equal(existsSync(ledger), false, 'nothing happened again');
});

interface Step {
  readonly kind: 'call' | 'tool';
  readonly run?: { readonly arguments: { readonly query: string }; readonly result: unknown };
  readonly result?: { readonly content: readonly { readonly text: string }[] };
}
