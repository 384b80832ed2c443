/** Agents whose true behaviour is known, broken for real: each verdict is what a careful engineer would say. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Verdict } from '../../src/mutate/verdict.ts';
import { openHome } from '../../src/sessions/home.ts';
import { readSession } from '../../src/sessions/reader.ts';
import { Lab, verdicts } from './lab.ts';

const lab = new Lab();
after(() => lab.close());

/** Step 0 looks the order up, step 2 pays it back, step 4 tells the customer. */
const TRUTH: Readonly<Record<string, Readonly<Record<string, Verdict>>>> = {
  careful: {
    'rate-limit-once@2': 'recovered',
    'connection-reset-once@4': 'recovered',
    'overloaded@2': 'failed-closed',
    'overloaded@4': 'loud',
    'error-in-200@4': 'loud',
    'stream-clean-cut@4': 'recovered',
    'stream-cut-in-tool-arguments@2': 'recovered',
    'invalid-tool-arguments@2': 'recovered',
    'missing-tool-argument@2': 'recovered',
    'unknown-tool@2': 'recovered',
    'stream-resliced@4': 'unaffected',
    'refusal@4': 'loud',
    'duplicated-call@2': 'unsafe',
    'number-shifted@2': 'silent',
  },
  trusting: {
    'truncated-response@4': 'silent',
    'stream-clean-cut@4': 'silent',
    'empty-response@2': 'silent',
    'prose-instead-of-call@2': 'silent',
    'stream-cut-in-tool-arguments@2': 'unsafe',
    'missing-tool-argument@2': 'unsafe',
    'invalid-tool-arguments@2': 'unsafe',
  },
  swallows: {
    'overloaded@2': 'silent',
    'overloaded@4': 'silent',
    'rate-limit-once@2': 'recovered',
  },
  restarts: { 'stream-reset@4': 'unsafe', 'overloaded@4': 'crashed' },
  complains: { 'stream-error-event@4': 'inconclusive' },
};

for (const [style, truth] of Object.entries(TRUTH)) {
  test(`an agent that is ${style}`, async () => {
    const session = await lab.record(style);
    const report = await lab.mutate(session, Object.keys(truth));
    assert.deepEqual(
      verdicts(report),
      truth,
      report.mutants.map(({ id, reason }) => `${id}: ${reason}`).join('\n'),
    );
    assert.deepEqual(report.baseline.wobbles, []);
    for (const { id, verdict, session: run } of report.mutants) {
      const exchanges = [...readSession(openHome(lab.home), run!).exchanges()];
      const labels = exchanges.map(({ label }) => label);
      const broken = exchanges.find(({ label }) => label === 'FAULT');
      assert.ok(broken, `${id} was given`);
      // The debugger opens it at the line that asked.
      assert.equal(broken.site, session.exchange(Number(id.split('@')[1]) / 2).site, id);
      // No other verdict may rest on a request that the tape could not answer.
      if (verdict !== 'unsafe') assert.equal(labels.includes('MISS'), verdict === 'inconclusive', id);
    }
    assert.deepEqual(readdirSync(lab.workspace), ['notes.txt'], 'mutants write into their copies');
  });
}

test('a run that is stopped reports what is done', async () => {
  const session = await lab.record('careful');
  const stop = new AbortController();
  const ids = ['rate-limit-once@4', 'refusal@4', 'overloaded@4', 'empty-response@4', 'error-in-200@4'];
  const report = await lab.mutate(session, ids, {
    signal: stop.signal,
    onProgress: ({ done }) => done > 0 && stop.abort(),
  });
  assert.ok(
    report.mutants.length >= 1 && report.mutants.length < ids.length,
    `${report.mutants.length} done`,
  );
  assert.deepEqual([...report.mutants.map(({ id }) => id), ...report.notRun].sort(), ids.toSorted());
});

test("the user's oracle has the last word over equal output", async () => {
  const session = await lab.record('swallows');
  const report = await lab.mutate(session, ['truncated-response@4', 'empty-response@4'], {
    oracle: async ({ cwd, result }) => ({
      passed:
        existsSync(join(cwd, 'refunds.log')) &&
        [...result.session.exchanges()].every(({ label }) => label !== 'FAULT'),
      skipped: false,
      said: 'a fault was on the way',
    }),
  });
  assert.deepEqual(verdicts(report), { 'empty-response@4': 'silent', 'truncated-response@4': 'silent' });
  assert.equal(report.mutants[0]?.outcome, 'survived');
  assert.match(report.mutants[0]?.reason ?? '', /the oracle fails: a fault was on the way/);
});
