import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstBad, type Verdict } from '../../src/bisect/commits.ts';
import { bisectMany } from '../../src/bisect/many.ts';
import { goodRun, PLANTS, planted } from './plants.ts';
import { sessionIn } from './scenario.ts';
import { VENDORS } from './vendors.ts';

const [vendor] = VENDORS;
const plant = (cause: string) => PLANTS.find(one => one.cause === cause)!;

test('what all bad runs have and no good one comes first; what both have comes last', () => {
  const good = goodRun();
  const session = (...causes: readonly string[]) =>
    sessionIn(vendor!, causes.length === 0 ? good : planted(good, vendor!, ...causes.map(plant)));
  const { separations } = bisectMany(
    [session(), session('sampling_params_changed'), session()],
    [
      session('model_version_changed', 'sampling_params_changed'),
      session('model_version_changed'),
      session('model_version_changed', 'system_prompt_drift'),
    ],
  );
  assert.deepEqual(
    separations.map(({ id, inBad, inGood }) => [id, inBad, inGood]),
    [
      ['model_version_changed', 3, 0],
      ['system_prompt_drift', 1, 0],
      ['sampling_params_changed', 1, 1],
    ],
  );
  assert.equal(separations[0]!.score, 1);
});

test('a provider that changed without a word is named where the runs are many enough, and all bad ones younger', () => {
  const run = (answer: string, startedAt: number) =>
    sessionIn(vendor!, { ...goodRun(), turns: [{ text: answer }], start: { startedAt } });
  const good = [1, 2, 3, 4].map(day => run('Your order was shipped today.', day));
  const bad = (first: number) => [0, 1, 2, 3].map(day => run('I cannot help with that.', first + day));
  const idsOf = (...runs: Parameters<typeof bisectMany>) =>
    bisectMany(...runs).separations.map(({ id }) => id);
  assert.ok(idsOf(good, bad(10)).includes('silent_provider_regression'));
  // Three of each: p = 0.1. Runs that took turns: no date.
  assert.ok(!idsOf(good.slice(1), bad(10).slice(1)).includes('silent_provider_regression'));
  assert.ok(!idsOf(good, bad(2)).includes('silent_provider_regression'));
});

test('the first bad commit is found, whichever it is, in as many tests as a binary search takes', async () => {
  const commits = Array.from({ length: 37 }, (_, i) => `c${i}`);
  for (let broken = 0; broken < commits.length; broken++) {
    const { candidates, tested } = await firstBad(commits, async commit =>
      commits.indexOf(commit) >= broken ? 'bad' : 'good',
    );
    assert.deepEqual(candidates, [`c${broken}`]);
    assert.ok(tested.length <= 6, `${tested.length} tests`);
  }
});

test('commits that cannot be tested are stepped around, and named where they hide the answer', async () => {
  const commits = ['a', 'b', 'c', 'd', 'e'];
  const verdicts: Record<string, Verdict> = { a: 'good', b: 'skip', c: 'skip', d: 'bad', e: 'bad' };
  const { candidates } = await firstBad(commits, async commit => verdicts[commit]!);
  assert.deepEqual(candidates, ['b', 'c', 'd']);
  const { candidates: certain } = await firstBad(commits, async commit =>
    commit === 'c' ? 'skip' : commit < 'e' ? 'good' : 'bad',
  );
  assert.deepEqual(certain, ['e']);
});
