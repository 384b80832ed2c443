import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type WordRun, wordDiff } from '../../src/timeline/word-diff.ts';

const side = (runs: readonly WordRun[], leftOut: WordRun['kind']): string =>
  runs.map(({ kind, text }) => (kind === leftOut ? '' : text)).join('');

test('shows the words that changed', () => {
  assert.deepEqual(wordDiff('Today is Monday, 2 May.', 'Today is Tuesday, 3 May.'), [
    { kind: 'same', text: 'Today is ' },
    { kind: 'removed', text: 'Monday' },
    { kind: 'added', text: 'Tuesday' },
    { kind: 'same', text: ', ' },
    { kind: 'removed', text: '2' },
    { kind: 'added', text: '3' },
    { kind: 'same', text: ' May.' },
  ]);
  assert.deepEqual(wordDiff('', 'new'), [{ kind: 'added', text: 'new' }]);
  assert.deepEqual(wordDiff('same', 'same'), [{ kind: 'same', text: 'same' }]);
  assert.deepEqual(wordDiff('', ''), []);
  assert.deepEqual(wordDiff('日本語', '日本'), [
    { kind: 'removed', text: '日本語' },
    { kind: 'added', text: '日本' },
  ]);
});

test('property: the runs of each side join to its text', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', ' ', '\n', 'word', '🙂', '\ud800', '.'), { maxLength: 80 })
    .map(parts => parts.join(''));
  fc.assert(
    fc.property(text, text, fc.constantFrom(1, 400), (before, after, times) => {
      const [left, right] = [before.repeat(times), after.repeat(times)];
      const runs = wordDiff(left, right);
      assert.equal(side(runs, 'added'), left);
      assert.equal(side(runs, 'removed'), right);
      for (const [i, run] of runs.entries()) assert.notEqual(run.kind, runs[i + 1]?.kind);
    }),
    { numRuns: 60 },
  );
});

test('a few words in a megabyte are found, and two unlike megabytes end', () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => `line ${i} has ${i % 10} things in it\n`);
  const changed = lines.map((line, i) =>
    i === 777 || i === 15_000 ? line.replace('things', 'birds') : line,
  );
  const runs = wordDiff(lines.join(''), changed.join(''));
  assert.deepEqual(
    runs.filter(run => run.kind !== 'same').map(run => run.text),
    ['things', 'birds', 'things', 'birds'],
  );
  const noise = (seed: number): string =>
    Array.from({ length: 100_000 }, (_, i) => ((i * seed) % 97).toString(36)).join(' ');
  const unlike = wordDiff(noise(31), noise(57));
  assert.equal(side(unlike, 'added'), noise(31));
});
