import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvLine } from '../../src/cli/csv.ts';
import { percentiles } from '../../src/cli/usage-stats.ts';
import { commandLine, provider, quickstart } from './command-line.ts';

test('query, stats and rm', async t => {
  const cli = commandLine(t);
  const emulator = await provider(t);
  await cli.run('record', '--quiet', '--name', 'one', ...emulator.upstream, process.execPath, quickstart);
  await cli.run('replay', '--quiet', 'one');

  const sql =
    'SELECT s.mode, count(*) AS calls FROM calls c JOIN sessions s ON s.id = c.session GROUP BY 1 ORDER BY 1';
  assert.deepEqual(await cli.json('query', sql), [
    { mode: 'record', calls: 4 },
    { mode: 'replay', calls: 4 },
  ]);
  assert.equal((await cli.run('query', sql, '--csv')).stdout, 'mode,calls\nrecord,4\nreplay,4\n');
  assert.match((await cli.run('query', '--schema')).stdout, /^calls +cost_usd +real$/m);
  for (const wrong of ['DELETE FROM calls', 'SELECT * FROM nothing', 'SELECT 1; SELECT 2']) {
    const { code, stderr } = await cli.run('query', wrong);
    assert.equal(code, 2, wrong);
    assert.match(stderr, /^rewind: .*\n {8}\S.*\n$/, wrong);
  }

  const stats = await cli.run('stats');
  assert.match(
    stats.stdout,
    /^Last 30 days: 1 session · 4 LLM calls · 1,144 tokens · ~\$0\.00057 · no errors\n/,
  );
  assert.match(stats.stdout, /^gpt-4\.1-mini-2025-04-14 +4 +1,048 +96 .*█/m);

  const refused = await cli.run('rm', 'one');
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /no undo\n {8}Confirm with --yes/);
  assert.match((await cli.run('rm', '--replays', '--yes')).stderr, /Deleted 1 session/);
  assert.deepEqual(
    ((await cli.json('list', '--all')) as { name: string }[]).map(({ name }) => name),
    ['one'],
  );
  assert.equal((await cli.run('rm', 'one', 'nothing', '--yes')).code, 2);
  assert.equal(((await cli.json('list')) as unknown[]).length, 1, 'a wrong name deletes nothing');
  await cli.run('rm', 'one', '--yes');
  assert.deepEqual(await cli.json('query', 'SELECT count(*) AS n FROM calls'), [{ n: 0 }]);
});

test('percentiles are of the nearest rank', () => {
  assert.equal(percentiles([]), null);
  assert.deepEqual(percentiles([3, 1, 2]), { p50: 2, p95: 3, max: 3 });
  assert.deepEqual(percentiles(Array.from({ length: 100 }, (_, i) => i + 1)), { p50: 50, p95: 95, max: 100 });
});

test('CSV quotes what needs it and defuses formulas', () => {
  assert.equal(csvLine(['a', 1, null, 'b,c', 'say "x"', '=1+1', -3]), `a,1,,"b,c","say ""x""",'=1+1,-3`);
});
