import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { loadScript } from '../../src/emulator/script.ts';
import { openHome } from '../../src/sessions/home.ts';
import { readSession } from '../../src/sessions/reader.ts';
import { commandLine } from '../cli/command-line.ts';
import { PYTHON, withoutPackages } from '../clients/python-packages.ts';
import { agentBench, program, ROOT } from './agent-bench.ts';

/** Pythons to test with: pyenv's of the versions that the package is for, else the one there is. */
function pythons(): readonly string[] {
  const root = join(homedir(), '.pyenv/versions');
  const found = existsSync(root) ? readdirSync(root).filter(name => /^3\.(9|1[0-3])\./.test(name)) : [];
  const all = found.map(name => join(root, name, 'bin/python'));
  return all.length > 0 ? all : ['python3'];
}

const EFFECTS = [
  'charge a',
  'charge b',
  'charge b',
  'reserve c',
  'chunks',
  'charge 0',
  'charge 1',
  'charge 2',
  'pages',
  'stock frother',
  'price frother',
];

for (const python of pythons()) {
  test(`every kind of tool happens once with ${python.replace(homedir(), '~')}`, async t => {
    const { record, replay, happened } = await agentBench(t);
    const command = [python, program('kinds.py')];
    const recorded = await record(command);
    assert.equal(recorded.exitCode, 0, recorded.stderr);
    assert.deepEqual([...happened()].sort(), [...EFFECTS].sort());
    const { session } = recorded;
    assert.equal(session.tools.length, EFFECTS.length);
    assert.deepEqual(session.tools[0]?.arguments, { order: 'a' });

    const again = await replay(command, session);
    assert.equal(again.stdout, recorded.stdout, again.stderr);
    assert.deepEqual(happened(), []);
    assert.deepEqual(again.tape.report().tools, { answers: { EXACT: EFFECTS.length }, misses: [] });

    // The command line wins over what the tools want.
    const anew = await replay(command, session, { tools: 'run' });
    assert.equal(anew.stdout, recorded.stdout);
    assert.equal(happened().length, EFFECTS.length);
  });
}

for (const python of pythons()) {
  test(`a stream is sent to, thrown at and closed as without Rewind: ${python.replace(homedir(), '~')}`, async t => {
    const { record } = await agentBench(t);
    const file = program('streams.py');
    const env = { ...process.env, PYTHONPATH: join(ROOT, 'python') };
    const bare = execFileSync(python, [file], { env, encoding: 'utf8' });
    const { stdout, stderr, session } = await record([python, '-W', 'error', file]);
    assert.equal(stdout, bare, stderr);
    assert.equal(stderr, '');
    assert.deepEqual(
      session.tools.map(({ name, result, errorType, unfinished }) => [
        name,
        unfinished ?? errorType ?? result,
      ]),
      [
        ['echo', [null, 'a', "caught KeyError('k')"]],
        ['returns', [1]],
        ['stops', 'StopIteration'],
        ['echo_async', [null, 'b', "caught KeyError('k')"]],
        ['echo_async', [null]],
        ['waits', true],
      ],
    );
  });
}

test('a tool that is not on the tape is a loud miss and does not happen', async t => {
  const { record, replay, happened } = await agentBench(t);
  const code = `
import rewind, os, sys
@rewind.tool(replay="tape")
def charge(order):
    open(os.environ["LEDGER"], "a").write(order + "\\n")
try:
    charge(sys.argv[1])
except rewind.ToolMiss as miss:
    print(miss)
`;
  const python = pythons()[0]!;
  const { session } = await record([python, '-c', code, 'a']);
  assert.deepEqual(happened(), ['a']);
  const { stdout, tape } = await replay([python, '-c', code, 'b'], session);
  assert.deepEqual(happened(), []);
  assert.match(stdout, /recorded with other arguments only/);
  assert.deepEqual(
    tape.report().tools.misses.map(({ miss }) => [miss.name, miss.reason, miss.recorded, miss.arguments]),
    [['charge', 'changed', '{"order":"a"}', '{"order":"b"}']],
  );
});

test('where the engine is gone a tool runs, but never a second time', async t => {
  const { record, happened } = await agentBench(t);
  const code = `
import rewind, os
@rewind.tool(replay="tape")
def charge():
    open(os.environ["LEDGER"], "a").write("charged\\n")
os.environ["REWIND_TOOLS"] = "http://127.0.0.1:9/none"
rewind._engine.connect("http://127.0.0.1:9/none", os.environ.get("MODE"))
try:
    charge()
except rewind.ToolMiss as miss:
    print("missed")
`;
  const python = pythons()[0]!;
  await record([python, '-c', code]);
  assert.deepEqual(happened(), ['charged']);
  const { stdout } = await record([python, '-c', code], { env: { MODE: 'own' } });
  assert.deepEqual([happened(), stdout], [[], 'missed\n']);
});

test('LangChain tools, wrapped on either side', {
  skip: withoutPackages('langchain_openai') ?? false,
}, async t => {
  const { record, replay, happened } = await agentBench(t);
  const command = [PYTHON, program('langchain_tools.py')];
  const recorded = await record(command);
  assert.equal(recorded.exitCode, 0, recorded.stderr);
  assert.deepEqual(happened(), ['inner Rome', 'outer Rome']);
  assert.match(recorded.stdout, /^inner \{'city': /);
  assert.deepEqual(
    recorded.session.tools.map(({ name, arguments: given }) => [name, given]),
    [
      ['inner', { city: 'Rome' }],
      ['outer', { city: 'Rome' }],
    ],
  );
  const again = await replay(command, recorded.session);
  assert.equal(again.stdout, recorded.stdout, again.stderr);
  assert.deepEqual(happened(), []);
});

test('an agent with OpenAI’s SDK: recorded, replayed, forked', {
  skip: withoutPackages('openai') ?? false,
}, async t => {
  const cli = commandLine(t);
  const emulator = await startEmulator({
    script: await loadScript(join(ROOT, 'examples/scripts/order-agent.json')),
  });
  t.after(() => emulator.close());
  const { happened } = await agentBench(t);
  const ledger = join(cli.home, 'ledger');
  const secret = 'n0ne-may-see-th1s';
  Object.assign(cli.env, {
    LEDGER: ledger,
    CANARY: secret,
    PYTHONPATH: join(ROOT, 'python'),
    PYTHONDONTWRITEBYTECODE: '1',
  });
  const upstream = ['--upstream', `api.openai.com=${emulator.url}`];
  const lines = () => (existsSync(ledger) ? readFileSync(ledger, 'utf8').trim().split('\n') : []);
  const file = program('orders_openai.py');
  assert.deepEqual(happened(), []);

  const { code, stdout, stderr } = await cli.run(
    'record',
    '--name',
    'orders',
    ...upstream,
    '--',
    PYTHON,
    file,
  );
  assert.equal(code, 0, stderr);
  const both = ['search dana@example.com', 'refund ORD-1042'];
  assert.deepEqual(lines(), both);

  const inspected = (await cli.json('inspect', 'orders')) as {
    steps: readonly Step[];
    otherToolRuns: unknown[];
  };
  const tools = inspected.steps.filter(({ kind }) => kind === 'tool');
  const line =
    readFileSync(file, 'utf8')
      .split('\n')
      .findIndex(text => text.includes('# called here')) + 1;
  assert.deepEqual(
    tools.map(({ name, timing, run }) => [
      name,
      timing,
      run?.site?.frames[0]?.file,
      run?.site?.frames[0]?.line,
    ]),
    [
      ['search_orders', 'reported', file, line],
      ['refund', 'reported', file, line],
    ],
  );
  assert.deepEqual(inspected.otherToolRuns, []);

  const replayed = await cli.run('replay', 'orders');
  assert.equal(replayed.code, 0, replayed.stderr);
  assert.equal(replayed.stdout, stdout);
  assert.match(replayed.stderr, /tools: 2 from tape/);
  assert.deepEqual(lines(), both);

  const forked = await cli.run('replay', 'orders', '--until', '1', '--allow-live', ...upstream);
  assert.match(forked.stderr, /tools: 1 from tape, 1 live/);
  assert.deepEqual(lines(), [...both, 'refund ORD-1042']);

  const home = openHome(cli.home);
  for (const id of readdirSync(home.sessions)) {
    const session = readSession(home, id);
    assert.ok(!JSON.stringify(session.tools).includes(secret), 'a secret in a tool run');
    assert.ok(!readFileSync(join(home.sessions, id, 'log')).includes(secret), 'a secret in the log');
  }
});

interface Step {
  readonly kind: 'call' | 'tool';
  readonly name?: string;
  readonly timing?: string;
  readonly run?: { readonly site?: { readonly frames: readonly { file: string; line: number }[] } };
}
