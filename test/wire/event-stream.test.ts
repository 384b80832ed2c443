import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type EventStreamMessage,
  type EventStreamValue,
  encodeEventStreamMessage,
  parseEventStream,
  stringHeader,
} from '../../src/wire/event-stream.ts';

const value: fc.Arbitrary<EventStreamValue> = fc.oneof(
  fc.boolean().map(value => ({ type: 'boolean' as const, value })),
  fc.integer({ min: -128, max: 127 }).map(value => ({ type: 'byte' as const, value })),
  fc.integer({ min: -32768, max: 32767 }).map(value => ({ type: 'short' as const, value })),
  fc.integer().map(value => ({ type: 'integer' as const, value })),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(value => ({ type: 'long' as const, value })),
  fc.uint8Array({ maxLength: 40 }).map(value => ({ type: 'binary' as const, value: Buffer.from(value) })),
  fc.string({ unit: 'grapheme', maxLength: 20 }).map(value => ({ type: 'string' as const, value })),
  fc.bigInt({ min: 0n, max: 2n ** 53n }).map(value => ({ type: 'timestamp' as const, value })),
  fc
    .uint8Array({ minLength: 16, maxLength: 16 })
    .map(raw => ({ type: 'uuid' as const, value: Buffer.from(raw).toString('hex') })),
);
const message: fc.Arbitrary<EventStreamMessage> = fc
  .tuple(
    fc.array(fc.tuple(fc.stringMatching(/^[:a-z-]{1,20}$/), value), { maxLength: 9 }),
    fc.uint8Array({ maxLength: 200 }),
  )
  .map(([headers, bytes]) => ({ headers, payload: Buffer.from(bytes) }));

test('what is written is read again, all header types, message after message', () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 5 }), messages => {
      const stream = Buffer.concat(messages.map(encodeEventStreamMessage));
      const read = parseEventStream(stream);
      assert.equal(read.problem, undefined);
      assert.deepEqual(
        read.messages.map(({ headers, payload }) => ({ headers, payload: Buffer.from(payload) })),
        messages,
      );
      assert.deepEqual(
        Buffer.concat(read.messages.map(({ start, end }) => stream.subarray(start, end))),
        stream,
      );
    }),
    { numRuns: 200 },
  );
});

test('the test vectors of the AWS SDKs', () => {
  const vectors: readonly [hex: string, payload: string][] = [
    ['000000100000000005c248eb7d98c8ff', ''],
    ['0000001d00000000fd528c5a7b27666f6f273a27626172277dc3653936', "{'foo':'bar'}"],
  ];
  for (const [hex, payload] of vectors) {
    const read = parseEventStream(Buffer.from(hex, 'hex'));
    assert.equal(read.problem, undefined);
    assert.equal(Buffer.from(read.messages[0]?.payload ?? []).toString(), payload);
    const written = encodeEventStreamMessage({ headers: [], payload: Buffer.from(payload) });
    assert.equal(Buffer.from(written).toString('hex'), hex);
  }
});

test('a string header is found by name, and no other kind', () => {
  const headers: EventStreamMessage['headers'] = [
    [':event-type', { type: 'string', value: 'chunk' }],
    [':flag', { type: 'boolean', value: true }],
  ];
  const message = { headers, payload: new Uint8Array() };
  assert.equal(stringHeader(message, ':event-type'), 'chunk');
  assert.equal(stringHeader(message, ':flag'), undefined);
});

const one = encodeEventStreamMessage({
  headers: [['h', { type: 'string', value: 'v' }]],
  payload: Buffer.from('payload'),
});

test('a cut stream keeps its whole messages and says where it stops', () => {
  const stream = Buffer.concat([one, one]);
  for (let cut = 0; cut < stream.length; cut++) {
    const read = parseEventStream(stream.subarray(0, cut));
    assert.equal(read.messages.length, cut < one.length ? 0 : 1);
    assert.equal(read.end, cut < one.length ? 0 : one.length);
    assert.equal(read.problem === undefined, cut === 0 || cut === one.length, `cut at ${cut}`);
  }
});

test('one wrong bit anywhere is found', () => {
  for (let bit = 0; bit < one.length * 8; bit++) {
    const hurt = Uint8Array.from(one);
    hurt[bit >> 3]! ^= 1 << (bit & 7);
    const read = parseEventStream(hurt);
    assert.equal(read.messages.length, 0);
    assert.match(read.problem ?? '', /checksum|cut|lengths/);
  }
});

test('random bytes never throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), bytes => void parseEventStream(bytes)),
    { numRuns: 1000 },
  );
});
