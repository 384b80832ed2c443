import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { asArray, asNumber, asObject, asString, parseJson } from '../../src/wire/json.ts';
import { jsonArrayElements, jsonParts } from '../../src/wire/json-parts.ts';
import { parseNdjson } from '../../src/wire/ndjson.ts';

test('__proto__ and constructor are data and pollute nothing', () => {
  const read = parseJson('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":2}}}');
  assert.ok(read.ok);
  assert.equal(Object.getPrototypeOf(read.value), Object.prototype);
  assert.deepEqual(Object.keys(asObject(read.value)), ['__proto__', 'constructor']);
  assert.equal(Reflect.get({}, 'polluted'), undefined);
});

test('depth is limited, brackets in strings do not count', () => {
  const deep = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
  assert.ok(parseJson(deep(500)).ok);
  assert.deepEqual(parseJson(deep(501)), { ok: false, problem: 'JSON nested deeper than 500' });
  assert.equal(parseJson(deep(5_000_000)).ok, false);
  assert.ok(parseJson(JSON.stringify({ a: '['.repeat(1000), '\\"[': `"${'{'.repeat(1000)}\\` })).ok);
});

test('invalid UTF-8 is read, and said', () => {
  const bytes = Buffer.concat([Buffer.from('{"a":"'), Buffer.of(0xff, 0xc3), Buffer.from('"}')]);
  const read = parseJson(bytes);
  assert.ok(read.ok && !read.utf8);
  assert.equal(asObject(read.value).a, '\ufffd\ufffd');
  const honest = parseJson(Buffer.from('{"a":"\ufffd"}'));
  assert.ok(honest.ok && honest.utf8, 'a real U+FFFD is no damage');
});

test('a byte-order mark is skipped; empty and broken text have their words', () => {
  assert.ok(parseJson('\ufeff{"a":1}').ok);
  assert.deepEqual(parseJson(' \n'), { ok: false, problem: 'empty where JSON was due' });
  assert.deepEqual(parseJson('{"a":'), { ok: false, problem: 'not JSON' });
});

test('reads what JSON.parse reads, and never throws', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.json(),
        fc.string(),
        fc.json().map(text => text.slice(1)),
      ),
      text => {
        let expected: unknown;
        try {
          expected = { ok: true, value: JSON.parse(text), utf8: true };
        } catch {
          expected = undefined;
        }
        const read = parseJson(text);
        if (expected) assert.deepEqual(read, expected);
        else assert.equal(read.ok, false);
      },
    ),
    { numRuns: 500 },
  );
});

test('accessors take only their own kind', () => {
  assert.deepEqual(asObject([1]), {});
  assert.deepEqual(asArray({ length: 1 }), []);
  assert.equal(asString(1), undefined);
  assert.equal(asNumber(Number.NaN), undefined);
});

const join = (bytes: Uint8Array): Buffer =>
  Buffer.concat(jsonParts(bytes).map(({ start, end }) => bytes.subarray(start, end)));

test('parts are the elements of the big arrays and what lies between, byte-exactly', () => {
  const text =
    '{ "model": "m", "messages": [ {"a":"],[\\""} , {"b":[1,{"c":2}]} ],\r\n"tools":[],"contents":[1,"x"], "z": [9] }';
  const bytes = Buffer.from(text);
  const parts = jsonParts(bytes).map(part => [part.key ?? '', bytes.toString('utf8', part.start, part.end)]);
  assert.deepEqual(parts, [
    ['', '{ "model": "m", "messages": [ '],
    ['messages', '{"a":"],[\\""}'],
    ['', ' , '],
    ['messages', '{"b":[1,{"c":2}]}'],
    ['', ' ],\r\n"tools":[],"contents":['],
    ['contents', '1'],
    ['', ','],
    ['contents', '"x"'],
    ['', '], "z": [9] }'],
  ]);
});

test('arrays deeper down, and keys written with escapes, are left alone', () => {
  const bytes = Buffer.from('{"x":{"messages":[1,2]},"mess\\u0061ges":[3]}');
  assert.equal(jsonParts(bytes).length, 1);
});

test('parts tile anything: JSON, cut JSON, hurt JSON, random bytes', () => {
  const body = fc.record({
    model: fc.string(),
    messages: fc.array(fc.jsonValue()),
    tools: fc.array(fc.jsonValue()),
  });
  const text = body.map(value => Buffer.from(JSON.stringify(value)));
  const cut = fc.tuple(text, fc.nat(400)).map(([bytes, at]) => bytes.subarray(0, at));
  const hurt = fc.tuple(text, fc.nat(), fc.nat(255)).map(([bytes, at, byte]) => {
    bytes[at % bytes.length] = byte;
    return bytes;
  });
  fc.assert(
    fc.property(fc.oneof(text, cut, hurt, fc.uint8Array({ maxLength: 100 })), bytes => {
      assert.deepEqual(join(bytes), Buffer.from(bytes));
    }),
    { numRuns: 2000 },
  );
});

test('elements are the elements that JSON.parse sees', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.constantFrom(undefined, 1), (values, indent) => {
      const bytes = Buffer.from(JSON.stringify({ a: 1, messages: values }, null, indent));
      const elements = jsonParts(bytes).filter(part => part.kind === 'element');
      assert.deepEqual(
        elements.map(({ start, end }) => JSON.parse(bytes.toString('utf8', start, end))),
        JSON.parse(JSON.stringify(values)),
      );
    }),
    { numRuns: 500 },
  );
});

test('a cut JSON array gives the elements that are whole', () => {
  const bytes = Buffer.from('[{"a":1}\n,\r\n{"b":"]"},{"c":');
  const elements = jsonArrayElements(bytes).map(({ start, end }) => bytes.toString('utf8', start, end));
  assert.deepEqual(elements, ['{"a":1}', '{"b":"]"}']);
});

test('deep nesting and unclosed strings cost linear time and no stack', () => {
  assert.equal(join(Buffer.from(`{"messages":${'['.repeat(2_000_000)}`)).length, 2_000_012);
  assert.equal(join(Buffer.from(`{"messages":["${'\\"'.repeat(1_000_000)}`)).length, 2_000_014);
});

test('ndjson lines with offsets, blank lines skipped, a last line without its end marked', () => {
  const bytes = Buffer.from('{"a":"é"}\r\n\n {"b":2}\n{"c"');
  const lines = parseNdjson(bytes);
  assert.deepEqual(
    lines.map(({ text, terminated }) => [text, terminated]),
    [
      ['{"a":"é"}', true],
      ['{"b":2}', true],
      ['{"c"', false],
    ],
  );
  assert.deepEqual(
    lines.map(({ start, end }) => bytes.toString('utf8', start, end).trim()),
    lines.map(({ text }) => text),
  );
});
