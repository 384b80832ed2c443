import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutRule, withRule } from '../../src/extension/config-edit.ts';

test('a rule joins those that are there, once, and everything else stays', () => {
  const before = '{\n\t"hosts": ["llm.example"],\n\t"match": { "ignore": ["$.user"], "mask": ["uuid"] }\n}\n';
  const after = withRule(before, { ignore: ['$.seed', '$.user'], mask: ['uuid', 'date'] });
  assert.deepEqual(JSON.parse(after), {
    hosts: ['llm.example'],
    match: { ignore: ['$.user', '$.seed'], mask: ['uuid', 'date'] },
  });
  assert.match(after, /^\t"hosts"/m, 'indented as it was');
});

test('an empty file becomes one with the rule', () => {
  assert.equal(
    withRule('', { ignore: ['$.seed'] }),
    '{\n  "match": {\n    "ignore": [\n      "$.seed"\n    ]\n  }\n}\n',
  );
});

test('a rule is taken back alone, and leaves nothing of itself', () => {
  const before = '{\n  "hosts": [\n    "llm.example"\n  ]\n}\n';
  const rule = { ignore: ['$.seed'], mask: ['date'] as const };
  assert.equal(withoutRule(withRule(before, rule), rule), before);
  const others = withRule(before, { ignore: ['$.user'], mask: ['uuid'] });
  assert.equal(withoutRule(withRule(others, rule), rule), others);
});

test('what is not JSON is left alone, and said', () => {
  assert.throws(() => withRule('{ // mine\n}', { ignore: ['$.seed'] }), { code: 'bad-config' });
  assert.throws(() => withRule('[]', { ignore: ['$.seed'] }), { code: 'bad-config' });
});
