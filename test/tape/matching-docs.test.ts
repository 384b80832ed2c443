import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { BUILT_IN_MASKS } from '../../src/tape/masks.ts';
import { IGNORED_KEYS, IGNORED_MEMBERS, LINK_KEYS } from '../../src/tape/volatile.ts';

const docs = readFileSync(new URL('../../docs/matching.md', import.meta.url), 'utf8');

/** First cells of the table whose heading row is given. */
function column(heading: string): string[] {
  const start = docs.indexOf(`\n${heading}\n|---|---|\n`);
  assert.ok(start >= 0, `no table ${heading}`);
  const rows = docs
    .slice(start + 1)
    .split('\n')
    .slice(2);
  return rows
    .slice(
      0,
      rows.findIndex(row => !row.startsWith('|')),
    )
    .map(row => /^\| `([^`]+)`/.exec(row)?.[1] ?? row);
}

test('docs/matching.md lists exactly what the match key leaves out, renames and masks', () => {
  assert.deepEqual(column('| member | reason |'), [...IGNORED_MEMBERS.keys()]);
  assert.deepEqual(column('| key | reason |'), [...IGNORED_KEYS.keys()]);
  assert.deepEqual(column('| id | of |'), [...LINK_KEYS.keys(), 'id']);
  assert.deepEqual(column('| mask | hides |'), Object.keys(BUILT_IN_MASKS));
});
