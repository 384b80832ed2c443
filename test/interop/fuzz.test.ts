import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RewindError } from '../../src/errors.ts';
import { importForeign } from '../../src/interop/import-foreign.ts';

const strange = fc.oneof(
  fc.constantFrom(
    null,
    true,
    -1,
    1e308,
    '',
    'gzip',
    '200 OK',
    'https://api.openai.com/v1/chat/completions',
    'http://[',
    '\u0000',
  ),
  fc.string(),
  fc.integer(),
  fc.array(fc.string(), { maxLength: 2 }),
  fc.dictionary(
    fc.constantFrom('string', 'base64_string', 'code', 'message', '__proto__', 'text', 'encoding'),
    fc.string(),
  ),
);

const message = (...fields: string[]) =>
  fc.dictionary(fc.constantFrom(...fields), strange, { maxKeys: fields.length });

const interaction = fc.record({
  request: message(
    'uri',
    'url',
    'method',
    'headers',
    'body',
    'form',
    'parsed_body',
    'postData',
    'httpVersion',
  ),
  response: message('status', 'code', 'headers', 'body', 'content', 'duration', 'status_code', 'statusText'),
  startedDateTime: strange,
  recorded_at: strange,
  timings: strange,
  time: strange,
});

const file = fc.oneof(
  fc.record({ interactions: fc.array(interaction, { maxLength: 3 }), version: strange }),
  fc.record({ log: fc.record({ entries: fc.array(interaction, { maxLength: 3 }) }) }),
  fc.record({ http_interactions: fc.array(interaction, { maxLength: 3 }), recorded_with: strange }),
  fc.record({ interactions: strange }),
);

/** Reads or refuses; what was read can be replayed. */
function check(bytes: Uint8Array, name: string): void {
  try {
    for (const { request, answer, at } of importForeign(bytes, name).exchanges) {
      assert.match(request.path, /^\//);
      assert.ok(at >= 0);
      assert.ok(request.body instanceof Uint8Array);
      for (const [header, value] of answer.head?.headers ?? []) {
        assert.match(header, /^[!-9;-~]+$/);
        assert.doesNotMatch(value, /[\r\n]/);
        assert.doesNotMatch(value, /[\u0100-\uffff]/);
      }
    }
  } catch (error) {
    if (!(error instanceof RewindError)) throw error;
  }
}

test('whatever is in a file, it is read or refused in one clear error', () => {
  fc.assert(
    fc.property(file, fc.constantFrom('x.har', 'x.json', 'x.yaml'), (value, name) =>
      check(Buffer.from(JSON.stringify(value)), name),
    ),
    { numRuns: 1500 },
  );
});

test('a cassette with bytes changed is read or refused', () => {
  const good = Buffer.from(`interactions:
- request: {body: '{"a":1}', headers: {accept: ['*/*']}, method: POST, uri: 'https://api.openai.com/v1/x?y=1'}
  response:
    body: {string: !!binary H4sIAAAAAAAAA6tWKkktLlGyUsrPVqoFAFM4eLgPAAAA}
    headers: {Content-Encoding: [gzip], Date: ['Mon, 02 Feb 2026 10:00:00 GMT']}
    status: {code: 200, message: OK}
version: 1
`);
  const change = fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), changes => {
      const bytes = Buffer.from(good);
      for (const [at, byte] of changes) bytes[at] = byte;
      check(bytes, 'x.yaml');
    }),
    { numRuns: 1000 },
  );
});
