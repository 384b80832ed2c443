import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { OPERATORS } from '../../src/mutate/operators.ts';
import { OPERATORS_DOC, operatorsDoc } from './operators-doc.ts';

test('docs/operators.md says what the code does (node test/mutate/operators-doc.ts --write)', () => {
  assert.equal(readFileSync(OPERATORS_DOC, 'utf8'), operatorsDoc());
});

test('one file an operator, named after it, each in the list once and with its evidence', () => {
  const folder = fileURLToPath(new URL('../../src/mutate/operators', import.meta.url));
  const files = readdirSync(folder).map(name => name.replace(/\.ts$/, ''));
  assert.deepEqual(files.toSorted(), OPERATORS.map(({ id }) => id).toSorted());
  for (const { id, evidence } of OPERATORS) assert.ok((evidence ?? '').length > 30, id);
});
