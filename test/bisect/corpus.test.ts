import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutCorpus } from '../tape/corpus-sessions.ts';
import { corpusPlanted } from './corpus-planted.ts';

test("causes planted into recorded calls of every vendor's endpoints are named first, at their step, and nothing where nothing was", {
  skip: withoutCorpus,
}, t => {
  const all = [...corpusPlanted(1)];
  const wrong = all
    .filter(({ right }) => !right)
    .map(({ plant, endpoint, path, at, report: { divergence, causes } }) => {
      const named = causes.map(({ id, step }) => `${id}@${step}`).join(', ');
      return `${plant.name} @${at}: ${divergence?.step ?? 'none'} ${named} (${endpoint}, ${path})`;
    });
  t.diagnostic(`${all.length - wrong.length} of ${all.length}`);
  assert.ok(all.length > 1_000, `only ${all.length}`);
  assert.deepEqual(wrong, []);
});
