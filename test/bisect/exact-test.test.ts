import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exactTest } from '../../src/bisect/live/exact-test.ts';

const near = (value: number, wanted: number): void => assert.ok(Math.abs(value - wanted) < 1e-6, `${value}`);

test('two classes: as Fisher computed them for the lady who tasted tea', () => {
  near(exactTest([3, 1], [1, 3]), 34 / 70);
  near(exactTest([4, 0], [0, 4]), 2 / 70);
});

test('several classes: every table that is no likelier counts', () => {
  // By hand: of the C(6,3) = 20 draws of three from three pairs, 8 take one of each pair, 12 take some pair whole.
  near(exactTest([2, 1, 0], [0, 1, 2]), 12 / 20);
  near(exactTest([1, 1, 1], [1, 1, 1]), 1);
});

test('answers that are all unlike each other tell nothing, however many', () => {
  const singles = (from: number): number[] =>
    Array.from({ length: 60 }, (_, i) => (i >= from && i < from + 30 ? 1 : 0));
  near(exactTest(singles(0), singles(30)), 1);
});
