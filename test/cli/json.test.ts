import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { commandLine, provider, quickstart } from './command-line.ts';
import { assertDocumented } from './json-interfaces.ts';

const read = (file: string): Record<string, unknown> =>
  JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;

test('what --json prints is what docs/json.md says', async t => {
  const cli = commandLine(t);
  const emulator = await provider(t);
  const file = join(cli.home, 'out.json');

  await cli.run('record', '--quiet', '--json-out', file, ...emulator.upstream, process.execPath, quickstart);
  const recorded = read(file);
  assertDocumented(recorded, 'Recorded');
  assertDocumented(recorded.session, 'Session');
  const { id } = recorded.session;

  const changed = join(cli.home, 'changed.mjs');
  writeFileSync(changed, readFileSync(quickstart, 'utf8').replace('two sentences', 'three sentences'));
  await cli.run('replay', '--quiet', '--json-out', file, 'latest', '--', process.execPath, changed);
  const replayed = read(file);
  assertDocumented(replayed, 'Replayed');
  assertDocumented(replayed.session, 'Session');
  assertDocumented(replayed.source, 'Session');
  assert.equal(replayed.source.id, id);
  assert.notEqual(replayed.session.id, id);
  assertDocumented((replayed.misses as unknown[])[0], 'Miss');

  const [listed] = (await cli.json('list')) as unknown[];
  assertDocumented(listed, 'Session');
  assert.equal(listed.id, id);

  const inspected = await cli.json('inspect', 'latest');
  assertDocumented(inspected, 'Inspected');
  assertDocumented((inspected.lanes as unknown[])[0], 'Lane');
  const [call, tool] = inspected.steps as unknown[];
  assertDocumented(call, 'CallStep');
  assertDocumented(tool, 'ToolStep');
  assert.deepEqual(tool.arguments, { email: 'dana@example.com' });
  assertDocumented(await cli.json('inspect', 'latest', '0'), 'CallStep', 'CallDetail');
  assertDocumented(await cli.json('inspect', 'latest', '1'), 'ToolStep');

  const diff = await cli.json('diff', 'latest', 'latest-replay');
  assertDocumented(diff, 'Diff');
  assert.equal(diff.same, false);
  const row = (diff.rows as { kind: string; changes?: { section: string }[] }[]).find(
    ({ kind }) => kind === 'changed',
  );
  assert.ok(row?.changes?.some(({ section }) => section === 'messages'));

  assertDocumented(await cli.json('export', 'latest', '-o', join(cli.home, 'x.rw')), 'Exported');
  const [imported] = (await cli.json('import', join(cli.home, 'x.rw'))) as unknown[];
  assertDocumented(imported, 'Session', 'ImportedFields');
  assertDocumented(await cli.json('init'), 'Init');
  const stats = await cli.json('stats');
  assertDocumented(stats, 'Stats');
  assertDocumented(stats.total, 'Totals');
  assert.equal(stats.total.calls, 4, 'replays and imports are not counted');
  const [{ model, ...totals }] = stats.models as [{ model: string }];
  assert.match(model, /^gpt-4\.1-mini/);
  assertDocumented(totals, 'Totals');
  assertDocumented(await cli.json('rm', 'latest-replay', '--yes'), 'Removed');
  const doctor = await cli.json('doctor', 'curl');
  assertDocumented(doctor, 'Doctor');
  assert.equal(doctor.ok, true, JSON.stringify(doctor));
  const failed = await cli.json('inspect', 'nothing');
  assertDocumented(failed, 'Failed');
  assertDocumented(failed.error, 'Failure');
});

test('rewind demo: the same output without a provider, and nothing left behind', async t => {
  const cli = commandLine(t);
  const shown = await cli.run('demo');
  assert.equal(shown.code, 0, shown.stderr);
  assert.match(
    shown.stdout,
    /^\$ rewind record .*\n[\s\S]*^\$ rewind replay latest\n[\s\S]*^\$ rewind inspect latest\n/m,
  );
  assert.match(shown.stdout, /The same output, byte for byte/);
  assert.deepEqual(await cli.json('list', '--all'), []);
  const kept = await cli.json('demo', '--keep');
  assertDocumented(kept, 'Demo');
  assert.equal(kept.sameOutput, true);
  assertDocumented(kept.session, 'Session');
  const listed = (await cli.json('list')) as { name: string }[];
  assert.deepEqual(
    listed.map(({ name }) => name),
    ['demo'],
  );
});
