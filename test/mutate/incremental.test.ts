import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { MutationReport } from '../../src/mutate/report.ts';
import { commandLine } from '../cli/command-line.ts';
import { ENVIRONMENT, Lab } from './lab.ts';

const lab = new Lab();
after(() => lab.close());

test('rewind mutate --incremental, --since, accepted findings', async t => {
  const { id } = (await lab.record('trusting')).start;
  const cli = commandLine(t);
  Object.assign(cli.env, ENVIRONMENT, { REWIND_HOME: lab.home });
  cli.cwd = lab.workspace;
  const what = ['mutate', id, '--step', '4', '--only', 'truncated-response', '--only', 'empty-response'];
  const judged = ({ mutants }: MutationReport): unknown =>
    mutants.map(({ id, outcome, verdict, reason, callSite }) => ({ id, outcome, verdict, reason, callSite }));
  const reused = ({ mutants }: MutationReport): number => mutants.filter(one => one.reused).length;
  const run = async (...more: readonly string[]): Promise<MutationReport> =>
    (await cli.json(...what, ...more)) as MutationReport;

  const first = await run('--incremental');
  assert.equal(reused(first), 0);
  const total = first.mutants.length;
  assert.ok(total >= 2);

  await t.test('nothing has changed: nothing is run, also on another machine', async () => {
    const again = await run('--incremental');
    assert.equal(reused(again), total);
    assert.deepEqual(judged(again), judged(first));
    assert.deepEqual(again.baseline, first.baseline);
    const kept = readFileSync(join(lab.workspace, 'rewind-mutate.json'), 'utf8');
    assert.ok(!kept.includes(lab.folder), 'no path of this machine');

    const elsewhere = join(lab.folder, 'elsewhere');
    mkdirSync(elsewhere);
    for (const name of ['notes.txt', 'rewind-mutate.json']) {
      copyFileSync(join(lab.workspace, name), join(elsewhere, name));
    }
    const { command } = (await lab.record('trusting')).start;
    cli.cwd = elsewhere;
    const { stdout } = await cli.run(...what, '--incremental', '--json', '--', ...command);
    cli.cwd = lab.workspace;
    assert.equal(reused(JSON.parse(stdout) as MutationReport), total);
  });

  await t.test('--force, and any change of code or judge, run it again', async () => {
    assert.equal(reused(await run('--incremental', '--force')), 0);
    assert.equal(reused(await run('--incremental', '--oracle', 'true')), 0);
    appendFileSync(join(lab.workspace, 'notes.txt'), '!');
    assert.equal(reused(await run('--incremental')), 0);
  });

  await t.test('a file that holds something else is left alone', async () => {
    const { code, stderr } = await cli.run(...what, '--incremental', 'notes.txt');
    assert.equal(code, 2);
    assert.match(stderr, /holds no results of rewind mutate\n.*delete it/);
    assert.match(readFileSync(join(lab.workspace, 'notes.txt'), 'utf8'), /left alone/);
  });

  await t.test('accepted findings fail nothing, and only as that verdict', async () => {
    const accept = first.mutants.map(({ id, verdict }) => ({ mutant: id, verdict, why: 'as wanted' }));
    const config = join(lab.workspace, 'rewind.config.json');
    const failOn = ['--incremental', '--fail-on', [...new Set(accept.map(({ verdict }) => verdict))].join()];
    const before = await cli.run(...what, ...failOn);
    assert.equal(before.code, 1, before.stderr);
    writeFileSync(config, JSON.stringify({ mutate: { accept } }));
    const after = await cli.run(...what, ...failOn, '--junit', 'junit.xml', '--github');
    assert.equal(after.code, 0, after.stderr);
    assert.match(after.stderr, /are accepted as expected/);
    assert.doesNotMatch(after.stdout, /^::/m);
    assert.match(readFileSync(join(lab.workspace, 'junit.xml'), 'utf8'), /failures="0"/);
    writeFileSync(config, JSON.stringify({ mutate: { accept: [{ ...accept[0], verdict: 'hung' }] } }));
    assert.equal((await cli.run(...what, ...failOn)).code, 1);
    writeFileSync(config, '{"mutate": {"accept": ["truncated-response@4"]}}');
    assert.match((await cli.run(...what)).stderr, /mutate\.accept must be a list/);
    writeFileSync(config, '{}');
  });

  await t.test('--since: only calls in files that have changed', async () => {
    const git = (...args: readonly string[]): void =>
      void execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
        cwd: lab.workspace,
        stdio: 'ignore',
      });
    git('init');
    git('add', 'notes.txt');
    git('commit', '-m', 'first');
    const none = await cli.run(...what, '--since', 'HEAD');
    assert.equal(none.code, 0, none.stderr);
    assert.match(none.stderr, /no call of the recording stands in a file that has changed since HEAD/i);
    assert.match((await cli.run(...what, '--since', 'nowhere')).stderr, /Git knows no commit "nowhere"/);
  });
});
