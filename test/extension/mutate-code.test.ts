import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptedIn } from '../../src/extension/mutate-accept.ts';
import { afterEdit, isLike, likelyLine, nearestLine } from '../../src/extension/mutate-positions.ts';
import { verdictTitle } from '../../src/extension/mutate-words.ts';
import type { Verdict } from '../../src/mutate/verdict.ts';

/** How broken answers are tied to code, without an editor. */

const judged = (verdict: Verdict, accepted = false) => ({
  verdict,
  ...(accepted ? { accepted: true as const } : {}),
});

test('a line moves with the edits above it', () => {
  assert.equal(afterEdit(10, { start: 3, end: 3, gained: 2 }), 12);
  assert.equal(afterEdit(10, { start: 10, end: 10, gained: 2 }), 10);
  assert.equal(afterEdit(10, { start: 2, end: 6, gained: -4 }), 6);
  assert.equal(afterEdit(10, { start: 20, end: 21, gained: -1 }), 10);
  assert.equal(afterEdit(10, { start: 1, end: 12, gained: -11 }), 1);
});

test('the nearest line with its text is the call, however it is indented', () => {
  const lines = ['ask();', '', '  ask();', 'x', 'ask( );'];
  assert.equal(nearestLine(lines, 3, 'ask();'), 3);
  assert.equal(nearestLine(lines, 4, 'ask();'), 3);
  assert.equal(nearestLine(lines, 900, 'ask();'), 3);
  assert.equal(nearestLine(lines, 3, 'gone();'), null);
  assert.equal(nearestLine(lines, 2, ''), null);
});

test('an edited line is the one that is most like it, if any is', () => {
  const text = 'const answer = await client.create({ model, messages });';
  const lines = [
    'ask();',
    'const answer = await client.create({ model, messages, tools });',
    '',
    'await client.list();',
  ];
  assert.equal(likelyLine(lines, 4, text), 2);
  assert.equal(likelyLine(lines, 1, 'const other = 4;'), null);
  assert.equal(likelyLine(['', ''], 1, ''), null);
  assert.equal(likelyLine([...Array(20).fill(''), lines[1]!], 1, text), null, 'too far away');
  assert.ok(isLike('  return await ask("first"); // once', 'await ask("first");'));
  assert.ok(!isLike('return done;', 'await ask("first");'));
});

test('a line says the gravest first, and what does not count only alone', () => {
  const some = ['silent', 'silent', 'crashed', 'recovered', 'loud', 'unaffected'] as const;
  assert.equal(verdictTitle(some.map(verdict => judged(verdict))), '2 silent · 1 crash · 2 handled');
  assert.equal(verdictTitle([judged('unsafe'), judged('silent', true)]), '1 unsafe · 1 accepted');
  assert.equal(verdictTitle([judged('not-reached')]), '1 without effect');
});

test('accepting keeps the rest of the file, and takes back what it wrote', () => {
  const finding = { mutant: 'refusal@4', verdict: 'silent' as const, why: 'a chat' };
  const before = '{\n\t"hosts": ["llm.example"],\n\t"mutate": { "accept": [] }\n}\n';
  const accepted = acceptedIn(before, finding, true);
  assert.deepEqual(JSON.parse(accepted), { hosts: ['llm.example'], mutate: { accept: [finding] } });
  assert.match(accepted, /^\t"hosts"/m);
  assert.equal(acceptedIn(accepted, finding, true), accepted);
  assert.deepEqual(JSON.parse(acceptedIn(accepted, finding, false)).mutate.accept, []);
  assert.deepEqual(JSON.parse(acceptedIn('', finding, true)), { mutate: { accept: [finding] } });
  for (const broken of ['{', '[]', '{"mutate": 1}', '{"mutate": {"accept": {}}}'])
    assert.throws(() => acceptedIn(broken, finding, true), { code: 'bad-config' });
});
