import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { commandLine, provider, quickstart } from './command-line.ts';

test('who reads a damaged recording is told which exchanges it lacks, with their blobs', async t => {
  const { upstream } = await provider(t);
  const cli = commandLine(t);
  const recorded = await cli.run('record', ...upstream, '--', process.execPath, quickstart);
  assert.equal(recorded.code, 0, recorded.stderr);
  const [session] = (await cli.json('list')) as { id: string }[];
  const log = join(cli.home, 'sessions', session!.id, 'log');
  const bytes = readFileSync(log);
  bytes.fill('X', bytes.length >> 1, (bytes.length >> 1) + 8);
  writeFileSync(log, bytes);

  const told = /note: .*of exchange \d is damaged \(blob [0-9a-f]{64}\); the exchange is passed over/;
  const inspected = await cli.run('inspect', 'latest');
  assert.equal(inspected.code, 0, inspected.stderr);
  assert.match(inspected.stderr, told);
  const replayed = await cli.run('replay', 'latest');
  assert.equal(replayed.code, 86, replayed.stderr);
  assert.match(replayed.stderr, told);
  const { code, stderr } = await cli.run('export', 'latest', '-o', join(cli.home, 'x.rw'));
  assert.equal(code, 2);
  assert.match(stderr, /^rewind: Session [0-9a-f]{32}: blob [0-9a-f]{64}/m);
});

test('a recording whose recorder was killed says that it broke off', async t => {
  const cli = commandLine(t);
  const running = cli.start(
    ...['record', '--', process.execPath, '-e', 'console.log("here"); setTimeout(() => {}, 1000)'],
  );
  await running.says('here');
  assert.match((await cli.run('list')).stdout, / {2}open\n/);
  running.kill('SIGKILL');
  await running.ended;
  assert.match((await cli.run('list')).stdout, / {2}cut off\n/);
  const { stderr, code } = await cli.run('inspect', 'latest');
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^note: the recording broke off before its end: what came later is missing$/m);
});
