import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { HOSTS } from '../../src/providers/hosts.ts';
import { PRICES } from '../../src/providers/prices.ts';
import { PROVIDERS_DOC, providersDoc } from './providers-doc.ts';

test('docs/providers.md tells of the tables as they are', () => {
  assert.equal(
    readFileSync(PROVIDERS_DOC, 'utf8'),
    providersDoc(),
    'node test/providers/providers-doc.ts --write',
  );
});

test('each provider and each price says where it stands', () => {
  for (const { id, docs } of HOSTS) assert.match(docs, /^https:\/\/\S+$/, id);
  for (const { models, source, since, input, output } of PRICES) {
    assert.match(source, /^https:\/\/\S+$/, models.join());
    assert.match(since, /^20\d\d-\d\d-\d\d(?:T\d\d:00Z)?$/, models.join());
    assert.ok(input > 0 && output >= 0, models.join());
  }
});
