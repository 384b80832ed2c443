import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RewindError } from '../../src/errors.ts';
import { BUILT_IN_MASKS } from '../../src/tape/masks.ts';
import { MatchKeyer } from '../../src/tape/match-key.ts';
import { nestedRepetition, parseRules } from '../../src/tape/rules.ts';
import { requestOf } from './tape-session.ts';

const equalUnder = (match: unknown, a: unknown, b: unknown, parts = {}): boolean => {
  const keyer = new MatchKeyer(parseRules(match));
  return keyer.fingerprint(requestOf(a, parts)).key === keyer.fingerprint(requestOf(b, parts)).key;
};
const say = (...texts: string[]): object => ({ messages: texts.map(content => ({ role: 'user', content })) });

test('an ignored path does not count, its neighbours do', () => {
  const ignore = (...paths: string[]): object => ({ ignore: paths });
  assert.ok(equalUnder(ignore('$.messages[0].content'), say('a', 'x'), say('b', 'x')));
  assert.ok(!equalUnder(ignore('$.messages[0].content'), say('a', 'x'), say('a', 'y')));
  assert.ok(equalUnder(ignore('$.messages[*].content'), say('a', 'x'), say('b', 'y')));
  assert.ok(
    !equalUnder(ignore('$.messages[*].content'), say('a'), say('a', 'a')),
    'the number of messages counts',
  );
  assert.ok(equalUnder(ignore('$.messages[1]'), say('a', 'x'), say('a', 'y')));
  assert.ok(equalUnder(ignore('$.temperature'), { temperature: 0 }, {}));
  assert.ok(equalUnder(ignore('$.messages'), say('a'), say('b', 'c')));
  assert.ok(
    equalUnder(ignore('$..timestamp'), { a: [{ b: { timestamp: 1 } }] }, { a: [{ b: { timestamp: 2 } }] }),
  );
  assert.ok(
    equalUnder(ignore("$.options['run id']"), { options: { 'run id': 1 } }, { options: { 'run id': 2 } }),
  );
  assert.ok(equalUnder(ignore('$.a.*.c'), { a: { x: { c: 1 } } }, { a: { x: { c: 2 } } }));
  const args = (ts: number): object => ({
    messages: [{ tool_calls: [{ id: 'a', function: { arguments: JSON.stringify({ ts, q: 1 }) } }] }],
  });
  assert.ok(equalUnder(ignore('$.messages[*].tool_calls[*].function.arguments.ts'), args(1), args(2)));
});

test('an index in a path counts for that element only, even where bodies repeat', () => {
  const keyer = new MatchKeyer(parseRules({ ignore: ['$.messages[0].content'] }));
  const key = (body: object): string => keyer.fingerprint(requestOf(body)).key;
  assert.equal(key(say('a', 'a')), key(say('b', 'a')));
  assert.notEqual(key(say('a', 'a')), key(say('a', 'b')));
});

test('a mask hides what it matches, in bodies, arguments, paths and hosts', () => {
  const mask = { mask: [{ name: 'ticket', pattern: 'TCK-\\d+' }] };
  assert.ok(equalUnder(mask, say('see TCK-1 and TCK-22'), say('see TCK-333 and TCK-4')));
  assert.ok(!equalUnder(mask, say('see TCK-1'), say('SEE TCK-1')));
  const keyer = new MatchKeyer(parseRules({ mask: ['loopback-port', 'uuid'] }));
  const at = (host: string, id: string): string =>
    keyer.fingerprint(requestOf({}, { host, path: `/v1/runs/${id}` })).key;
  assert.equal(
    at('127.0.0.1:4001', '0b0f2f2a-6a1c-4d9c-9c55-6f2b8d6c1a01'),
    at('127.0.0.1:4999', '7c9e6679-7425-40de-944b-e07fc1f90ae7'),
  );
});

test('built-in masks hide what they are named for and nothing beside it', () => {
  const hidden: Record<string, readonly string[]> = {
    uuid: ['0b0f2f2a-6a1c-4d9c-9c55-6f2b8d6c1a01', '0B0F2F2A6A1C4D9C9C556F2B8D6C1A01'],
    date: [
      '2026-02-14',
      '2026-02-14T10:11:12.123Z',
      '2026-02-14 10:11:12+02:00',
      'Monday, November 23, 2026',
      '23 Nov 2026',
      'Nov 3, 2026 at 4:05 PM',
      '10:11:12',
      '1/2/2026',
      'Tuesday',
    ],
    epoch: ['1767225600', '1767225600123', '1767225600.5'],
    'tmp-path': ['/tmp/abc-1/x.txt', '/private/var/folders/zz/T/x', '/var/tmp/y'],
    'loopback-port': ['localhost:8080', '127.0.0.1:19'],
  };
  for (const [name, texts] of Object.entries(hidden)) {
    for (const text of texts) {
      assert.match(
        text,
        new RegExp(BUILT_IN_MASKS[name]!.source, BUILT_IN_MASKS[name]!.flags),
        `${name}: ${text}`,
      );
      const [first, second] = [`at ${text} done`, `at ${text} done`.replace(/\d(?=\D*$)/, '7')];
      if (name !== 'date' || /\d/.test(text))
        assert.ok(equalUnder({ mask: [name] }, say(first), say(second)), text);
    }
  }
  assert.ok(
    !equalUnder({ mask: Object.keys(BUILT_IN_MASKS) }, say('may order 12 units'), say('may order 13 units')),
  );
  assert.ok(!equalUnder({ mask: ['epoch'] }, say('card 4111111111111111'), say('card 4111111111111112')));
});

test('a bad rule is refused by name', () => {
  const bad: [unknown, RegExp][] = [
    [{ ignore: 'x' }, /match\.ignore must be an array/],
    [{ ignore: ['$.a', 'b.c'] }, /match\.ignore\[1\].*not a JSON path/],
    [{ ignore: ['$.a['] }, /match\.ignore\[0\]/],
    [{ ignore: ['$'] }, /match\.ignore\[0\]/],
    [{ ignore: ['$.a..'] }, /match\.ignore\[0\]/],
    [{ ignore: [3] }, /match\.ignore\[0\] must be a string/],
    [{ mask: ['uuidd'] }, /match\.mask\[0\] "uuidd" is no built-in mask/],
    [{ mask: ['constructor'] }, /match\.mask\[0\]/],
    [{ mask: [{ pattern: '(' }] }, /match\.mask\[0\]/],
    [{ mask: [{ pattern: 'x*' }] }, /match\.mask\[0\].*empty text/],
    [{ mask: [{ pattern: '(a+)+$' }] }, /match\.mask\[0\].*exponential/],
    [{ mask: [{ pattern: 'a', nmae: 'x' }] }, /match\.mask\[0\]\.nmae/],
    [{ masks: [] }, /match\.masks is no setting/],
    [[], /match must be an object/],
  ];
  for (const [match, message] of bad) {
    assert.throws(
      () => parseRules(match),
      (error: unknown) =>
        error instanceof RewindError &&
        error.code === 'bad-match-rule' &&
        message.test(error.message) &&
        error.hint !== '',
      JSON.stringify(match),
    );
  }
  assert.deepEqual(parseRules(undefined), { ignore: [], masks: [] });
});

test('finds a repetition inside a repetition', () => {
  for (const pattern of ['(a+)+', '(?:a*)*', '(a|b+)*c', '((ab)+c)+', '(x+){2,}', '(\\d+-)+']) {
    assert.ok(nestedRepetition(pattern), pattern);
  }
  for (const pattern of [
    'a+b*',
    '(ab)+',
    '(a+)?',
    '[(+]+',
    '\\(a+\\)+',
    '(a{1,9})+',
    '(?:a+b){1,3}',
    '(?<=x)\\d+',
  ]) {
    assert.ok(!nestedRepetition(pattern), pattern);
  }
});
