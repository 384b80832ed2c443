import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, test } from 'node:test';
import { Lab, python } from './lab.ts';

const lab = new Lab();
after(() => lab.close());

const IDS = ['connection-reset@0', 'invalid-tool-arguments@2', 'auth-expired@2', 'truncated-response@4'];

const skip =
  process.platform !== 'linux'
    ? 'processes are kept on Linux only'
    : !existsSync(python) && !process.env.CI
      ? '.venv is missing: see CONTRIBUTING.md'
      : false;

test('mutants that start from a kept process get the verdicts of those that start cold', {
  skip,
}, async t => {
  const session = await lab.record('plain', 'python');
  const said = ({ mutants }: Awaited<ReturnType<Lab['mutate']>>): unknown =>
    mutants.map(({ id, outcome, verdict, reason }) => ({ id, outcome, verdict, reason }));

  const cold = await lab.mutate(session, IDS, { keep: false });
  assert.deepEqual(lab.starts, []);
  assert.equal(
    new Set(cold.mutants.map(({ verdict }) => verdict)).size > 2,
    true,
    'verdicts of several kinds',
  );

  const kept = await lab.mutate(session, IDS, { jobs: 1 });
  assert.deepEqual(said(kept), said(cold));
  assert.deepEqual([...lab.unsound], []);
  assert.equal(kept.cold, undefined);
  // Each mutant at its own call; further runs were unbroken, to see that the kept process is sound.
  for (const [asked, mutants] of [0, 1, 2].map(
    n => [n, IDS.filter(id => id.endsWith(`@${n * 2}`))] as const,
  )) {
    const starts = lab.starts.filter(start => start === asked).length;
    assert.ok(starts > mutants.length, `${starts} runs from call ${asked}`);
  }

  await t.test('a process with threads is not kept any more; its mutants start before that', async () => {
    lab.starts.length = 0;
    const threads = await lab.mutate(await lab.record('threads', 'python'), IDS, { jobs: 1 });
    assert.deepEqual(said(threads), said(cold));
    assert.deepEqual([...lab.unsound], ['other threads are running']);
    assert.deepEqual([...new Set(lab.starts)], [0]);
    assert.deepEqual(threads.cold, ['other threads are running']);
  });

  await t.test('where what was kept gives no run, mutants start cold, and it is told', async () => {
    lab.keptFail = true;
    const gone = await lab.mutate(session, IDS, { jobs: 1 });
    assert.deepEqual(said(gone), said(cold));
    assert.deepEqual(
      gone.cold,
      [0, 1, 2].map(asked => `the process that was kept at request ${asked} gave no run: it is gone`),
    );
  });
});
