import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { checkScript } from '../../src/emulator/script.ts';
import { commandLine } from '../cli/command-line.ts';
import { PYTHON, withoutPackages } from '../clients/python-packages.ts';
import { program, ROOT } from './agent-bench.ts';

const main = join(ROOT, 'src/cli/main.ts');
const wrapped = (ledger: string): string[] => [
  process.execPath,
  main,
  'mcp-stdio',
  '--',
  process.execPath,
  program('mcp_server.mjs'),
  ledger,
];

const skip =
  process.platform === 'linux' ? false : 'clients hand on no variables, and only Linux tells an ancestor’s';

test('an MCP server on stdio: recorded, and on a replay not even started', { skip }, async t => {
  const cli = commandLine(t);
  const ledger = join(cli.home, 'ledger');
  const agent = [process.execPath, program('mcp_stdio.mjs'), ...wrapped(ledger)];
  const happened = () => (existsSync(ledger) ? readFileSync(ledger, 'utf8').trim().split('\n') : []);
  const once = ['started', 'refund ORD-1', 'refund ORD-none', 'refund ORD-2', 'refund ORD-3'];

  const { code, stdout, stderr } = await cli.run('record', '--name', 'shop', ...agent);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /refunded\u2028ORD-3/);
  assert.match(stdout, /\[ -32602, .*no tool unknown/);
  assert.deepEqual(happened(), once);
  const { otherToolRuns } = (await cli.json('inspect', 'shop')) as { otherToolRuns: readonly Run[] };
  assert.deepEqual(
    otherToolRuns.map(({ name, arguments: given, error }) => [name, given, error?.type]),
    [
      ...['ORD-1', 'ORD-none', 'ORD-2', 'ORD-3'].map(order => ['refund', { order }, undefined]),
      ['unknown', {}, 'JSON-RPC -32602'],
    ],
  );

  const replayed = await cli.run('replay', 'shop');
  assert.equal(replayed.code, 0, replayed.stderr);
  assert.equal(replayed.stdout, stdout);
  assert.deepEqual(happened(), once);

  const again = await cli.run('replay', '--tools', 'run', 'shop');
  assert.equal(again.stdout, stdout, again.stderr);
  assert.deepEqual(happened(), [...once, ...once]);

  const other = program('mcp_server.mjs');
  const without = await cli.run('mcp-stdio', '--', process.execPath, other, ledger);
  assert.deepEqual([without.code, happened().at(-1)], [0, 'started'], 'without Rewind it is the server');
});

test('a server that runs unrecorded says so, on stderr only', async t => {
  const cli = commandLine(t);
  const server = ['mcp-stdio', '--', process.execPath, '-e', 'console.log("{}")'];
  cli.env.REWIND_TOOLS = undefined;
  const { code, stdout, stderr } = await cli.run(...server);
  assert.deepEqual([code, stdout], [0, '{}\n']);
  assert.match(
    stderr,
    /^rewind mcp-stdio: .* runs unrecorded: .*REWIND_TOOLS.*`env` \(docs\/tools\.md\)\.\n$/,
  );
  cli.env.REWIND_TOOLS = 'nowhere';
  assert.match((await cli.run(...server)).stderr, /runs unrecorded: REWIND_TOOLS=nowhere is no address/);
});

test('a server that is not there is said so, and on a replay it is not missed', async t => {
  const cli = commandLine(t);
  const command = ['mcp-stdio', '--', 'no-such-server'];
  assert.match((await cli.run(...command)).stderr, /no command "no-such-server"/);
  // Nobody listens there: a replay must not run what it cannot ask about.
  Object.assign(cli.env, { REWIND_TOOLS: 'http://127.0.0.1:9/none' });
  const { code, stderr } = await cli.run(...command);
  assert.match(stderr, /no command "no-such-server"/);
  assert.equal(code, 2);
  cli.env.REWIND_REPLAY = 'own';
  assert.deepEqual(await cli.run(...command), { code: 0, signal: null, stdout: '', stderr: '' });
});

test('a tool of an MCP server is the step of the model’s call, by Python’s SDKs', {
  skip: skip || (withoutPackages('openai', 'mcp') ?? false),
}, async t => {
  const cli = commandLine(t);
  const ledger = join(cli.home, 'ledger');
  const emulator = await startEmulator({
    script: checkScript({
      turns: [
        { match: { toolResult: true }, answer: { text: 'It is {{tool.refund.result}}.' } },
        { answer: { toolCalls: [{ name: 'refund', arguments: { order: 'ORD-1042' } }] } },
      ],
    }),
  });
  t.after(() => emulator.close());
  const upstream = ['--upstream', `api.openai.com=${emulator.url}`];
  const agent = [PYTHON, program('mcp_openai.py'), ...wrapped(ledger)];
  const { code, stdout, stderr } = await cli.run('record', '--name', 'shop', ...upstream, '--', ...agent);
  assert.equal(code, 0, stderr);
  const { steps, otherToolRuns } = (await cli.json('inspect', 'shop')) as {
    steps: readonly { name?: string; timing?: string; run?: Run | null }[];
    otherToolRuns: readonly Run[];
  };
  assert.deepEqual(
    steps.flatMap(({ name, timing, run }) => (run ? [[name, timing, run.arguments]] : [])),
    [['refund', 'reported', { order: 'ORD-1042' }]],
  );
  assert.deepEqual(otherToolRuns, []);
  const replayed = await cli.run('replay', 'shop');
  assert.deepEqual([replayed.code, replayed.stdout], [0, stdout], replayed.stderr);
  assert.equal(readFileSync(ledger, 'utf8'), 'started\nrefund ORD-1042\n');

  // Behind the fork the server is started after all, and told what its client was told from tape.
  const forked = await cli.run('replay', 'shop', '--until', '0', '--allow-live', ...upstream);
  assert.match(forked.stderr, /tools: .*live/);
  assert.equal(readFileSync(ledger, 'utf8'), 'started\nrefund ORD-1042\n'.repeat(2));
});

interface Run {
  readonly name: string;
  readonly arguments: unknown;
  readonly error: { readonly type: string } | null;
}
