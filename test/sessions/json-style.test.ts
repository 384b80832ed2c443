import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readStyled, writeStyled } from '../../src/sessions/json-style.ts';

test('numbers that JavaScript writes otherwise keep their writing, whatever the texts around them say', () => {
  const texts = [
    '{"a":1.0,"b":[1e-05,-0,2.50],"c":"1.0 \\" 2.0 \\\\","1.0":1.0}',
    '{"a": "x\\\\", "b": 1.0, "c\\"": 3E5}',
    '[[{"k\\\\": 1.0}]]',
  ];
  for (const text of texts) {
    const styled = readStyled(text);
    assert.ok(styled, text);
    assert.equal(writeStyled(styled.value, styled.style), text);
  }
});

test('a text of 20 MB beside such a number', () => {
  const text = `{"content": "${'x\\"'.repeat(7_000_000)}", "score": 1.0}`;
  const styled = readStyled(text);
  assert.ok(styled);
  assert.deepEqual(styled.style, { colon: ' ', comma: ' ', numbers: [[0, '1.0']] });
  assert.equal(writeStyled(styled.value, styled.style), text);
});

test('a text of a million blanks', () => {
  const blanks = ' '.repeat(500_000) + '\n'.repeat(500_000);
  for (const value of [{ content: `${blanks}x` }, { content: blanks }]) {
    const text = `${JSON.stringify(value).slice(0, -1)}    }`;
    assert.deepEqual(readStyled(text), { value, style: { pad: 4 } });
  }
});

test('any JSON in any style comes back as it was written', () => {
  const style = fc.record(
    {
      colon: fc.constant(' ' as const),
      comma: fc.constant(' ' as const),
      escape: fc.constantFrom('ascii' as const, 'html' as const),
      pad: fc.integer({ min: 1, max: 9 }),
      tail: fc.constantFrom('\n', ' \r\n'),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue())),
      style,
      (value, how) => {
        const text = writeStyled(value, how);
        const styled = readStyled(text);
        if (styled) assert.equal(writeStyled(styled.value, styled.style), text);
      },
    ),
    { numRuns: 500 },
  );
});
