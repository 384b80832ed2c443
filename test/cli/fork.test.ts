import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandLine, provider, quickstart } from './command-line.ts';

interface Forked {
  readonly session: { readonly id: string; readonly mode: string; readonly parent: object };
  readonly source: { readonly id: string };
  readonly answers: Readonly<Record<string, number>>;
  readonly reached: boolean;
  readonly misses: readonly object[];
}

test('rewind fork: an edited answer, its consequences, and the provider behind it', async t => {
  const line = commandLine(t);
  const { upstream } = await provider(t);
  assert.equal((await line.run('record', ...upstream, 'node', quickstart)).code, 0);

  const text = await line.run(
    'fork',
    'latest',
    '--at',
    '5',
    '--edit',
    'response.text=Paid back: 249 euros.',
    '--json-out',
    `${line.home}/fork.json`,
  );
  assert.equal(text.code, 0, text.stderr);
  assert.match(text.stderr, /4 of 4 calls.*1 EDITED.*1 CARRIED|1 CARRIED.*1 EDITED/);

  const list = (await line.json('list', '--all')) as {
    id: string;
    mode: string;
    parent: { session: string; step: number };
  }[];
  const [forked, recorded] = list;
  assert.deepEqual([forked!.mode, forked!.parent], ['fork', { session: recorded!.id, step: 5 }]);
  const shown = await line.run('inspect', forked!.id, '5');
  assert.match(shown.stdout, /Paid back: 249 euros/);

  const other = await line.run(
    'fork',
    recorded!.id,
    '--at',
    '2',
    '-e',
    'response.toolCalls[0].arguments.order=ORD-1057',
  );
  assert.equal(other.code, 86, other.stderr);
  assert.match(other.stdout, /refund_order\({"order":"ORD-1057"}\)/);
  assert.match(other.stderr, /miss: .*\n[\s\S]*249[\s\S]*39\.5/);

  const strict = await line.run('fork', recorded!.id, '--at', '5', '-e', 'response.text=x', '--no-carry');
  assert.equal(strict.code, 86);

  const live = (await line.run('fork', recorded!.id, '--at', '2', '--allow-live', ...upstream, '--json'))
    .stdout;
  const { answers, reached, misses } = JSON.parse(live.slice(live.indexOf('{\n'))) as Forked;
  assert.deepEqual([answers.EXACT, reached, misses], [1, true, []]);
  assert.ok(answers.LIVE! > 0);

  for (const [words, told] of [
    [['--at', '99', '-e', 'response.text=x'], /no step 99/],
    [['--at', '2'], /only repeats the recording/],
    [['--at', '2', '-e', 'response.text=x'], /no text, only tool calls/],
    [['--at', '2', '-e', 'nothing'], /PLACE=VALUE/],
  ] as const) {
    const refused = await line.run('fork', recorded!.id, ...words);
    assert.equal(refused.code, 125, refused.stderr);
    assert.match(refused.stderr, told);
  }
});
