import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type AgentBench, agentBench, program, projectFolder, ROOT } from './agent-bench.ts';

/** A program beside a node_modules that has `llm-rewind`. */
function placed({ bench }: AgentBench, name: string): readonly string[] {
  const file = join(projectFolder(bench), name);
  copyFileSync(program(name), file);
  return [process.execPath, file];
}

const EFFECTS = [
  'charge a',
  'stock frother',
  'later frother',
  'pages',
  'stock frother',
  'chunks',
  'charge 1',
  'charge 2',
  'charge 3',
];

for (const name of ['kinds.mjs', 'kinds.cjs']) {
  test(`every kind of tool happens once: ${name}`, async t => {
    const agent = await agentBench(t);
    const command = placed(agent, name);
    const recorded = await agent.record(command);
    assert.equal(recorded.exitCode, 0, recorded.stderr);
    assert.deepEqual(agent.happened(), EFFECTS);
    const { tools } = recorded.session;
    assert.deepEqual(tools[1]?.arguments, { item: 'frother', most: 1 });
    assert.match(
      String(tools.at(-1)?.site && Buffer.from(tools.at(-1)!.site!, 'base64url')),
      /kinds\.[mc]js/,
    );

    const again = await agent.replay(command, recorded.session);
    assert.equal(again.stdout, recorded.stdout, again.stderr);
    assert.deepEqual(agent.happened(), []);
    assert.deepEqual(again.tape.report().tools, { answers: { EXACT: EFFECTS.length }, misses: [] });
  });
}

test('a stream is sent to, thrown at and left as without Rewind', async t => {
  const agent = await agentBench(t);
  const command = placed(agent, 'streams.mjs');
  const bare = execFileSync(command[0]!, command.slice(1), { encoding: 'utf8' });
  const { stdout, stderr, session } = await agent.record(command);
  assert.equal(stdout, bare, stderr);
  assert.deepEqual(
    session.tools.map(({ name, result, errorType }) => [name, result, errorType]),
    [
      ['echo', [null, 'a', 'caught k'], undefined],
      ['returns', [1], undefined],
      ['echoAsync', [null], undefined],
      ['echoAsync', [null, 'b', 'caught k'], undefined],
      ['fails', [1], 'RangeError'],
      ['later', undefined, 'TypeError'],
    ],
  );
});

test('LangChain’s and the AI SDK’s tools, wrapped on either side', async t => {
  const agent = await agentBench(t);
  const command = placed(agent, 'frameworks.mjs');
  const recorded = await agent.record(command);
  assert.equal(recorded.exitCode, 0, recorded.stderr);
  assert.deepEqual(agent.happened(), ['inner Rome', 'outer Rome', 'forecast Rome']);
  assert.deepEqual(
    recorded.session.tools.map(({ name, callId, arguments: given }) => [name, callId, given]),
    [
      ['inner', 'call_1', { city: 'Rome' }],
      ['outer', 'call_1', { city: 'Rome' }],
      ['forecast', 'call_2', { city: 'Rome' }],
    ],
  );
  const again = await agent.replay(command, recorded.session);
  assert.equal(again.stdout, recorded.stdout, again.stderr);
  assert.deepEqual(agent.happened(), []);
});

test('the types are those of the functions, for modules and CommonJS', async t => {
  const { bench } = await agentBench(t);
  const folder = projectFolder(bench);
  const code = `
import { rewind, session, tool, ToolMiss } from 'llm-rewind';
const add = tool((a: number, b: number): number => a + b, { name: 'add', replay: 'tape' });
const sum: number = add(1, 2);
// @ts-expect-error a text is no number
add('1', 2);
// @ts-expect-error there is no such way to replay
tool(add, { replay: 'never' });
const named = session('refund', async (order: string) => order.length);
const length: Promise<number> = named('x');
const { weather } = rewind.tools({ weather: { execute: async (city: string) => city } });
const text: Promise<string> = weather.execute('Rome');
export { sum, length, text, ToolMiss };
import { type CallStep, type Mode, RewindMissError, type RewindSession, rewind as cassettes } from 'llm-rewind/test';
const body: (context: { name: string }) => Promise<void> = cassettes(
  { cassette: 'refund.rw', mode: 'once' },
  async (session: RewindSession, { name }: { name: string }) => {
    const [call]: readonly CallStep[] = await session.calls();
    const cost: number | null = (await session.usage()).costUsd;
    const mode: Exclude<Mode, 'once'> = session.mode;
    for (const { run } of await session.tools(name)) run?.result;
    // @ts-expect-error a call has no such field
    call?.nonsense;
    return [cost, mode];
  },
);
// @ts-expect-error there is no such mode
cassettes({ cassette: 'refund.rw', mode: 'never' }, () => undefined);
export { body, RewindMissError };
`;
  for (const extension of ['mts', 'cts']) writeFileSync(join(folder, `consumer.${extension}`), code);
  const options =
    '--noEmit --strict --module nodenext --target es2022 --skipLibCheck false --types node --ignoreConfig';
  execFileSync(
    join(ROOT, 'node_modules/.bin/tsc'),
    [...options.split(' '), '--typeRoots', join(ROOT, 'node_modules/@types'), 'consumer.mts', 'consumer.cts'],
    { cwd: folder, stdio: 'pipe' },
  );
});
