import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CAUSES } from '../../src/bisect/catalogue.ts';
import { CAUSES_DOC, causesDoc } from './causes-doc.ts';

test('docs/causes.md says what the code does (node test/bisect/causes-doc.ts --write)', () => {
  assert.equal(readFileSync(CAUSES_DOC, 'utf8'), causesDoc());
});

test('one file a cause, named after it, and each in the catalogue once', () => {
  const folder = fileURLToPath(new URL('../../src/bisect/causes', import.meta.url));
  const files = readdirSync(folder).map(name => name.replace(/\.ts$/, '').replaceAll('-', '_'));
  assert.deepEqual(files.toSorted(), CAUSES.map(({ id }) => id).toSorted());
});
