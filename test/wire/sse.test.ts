import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseSse, type SseEvent, SseParser } from '../../src/wire/sse.ts';
import { chunked } from './chunked.ts';

const parse = (text: string): SseEvent[] => parseSse(Buffer.from(text));
const data = (text: string): string[] => parse(text).map(event => event.data);

test('LF, CR and CRLF end lines, mixed as they come', () => {
  for (const end of ['\n', '\r', '\r\n']) {
    const text = ['event: a', 'data: 1', 'data: 2', '', 'data: 3', '', ''].join(end);
    assert.deepEqual(
      parse(text).map(({ event, data, terminated }) => ({ event, data, terminated })),
      [
        { event: 'a', data: '1\n2', terminated: true },
        { event: undefined, data: '3', terminated: true },
      ],
    );
  }
  assert.deepEqual(data('data: a\r\n\ndata: b\r\rdata: c\n\r\n'), ['a', 'b', 'c']);
});

test('fields as the standard has them', () => {
  const [event] = parse('id: 7\nretry: 1500\nevent:x\ndata:no space\ndata:  two\ndata\nunknown: y\n\n');
  assert.deepEqual(event, {
    event: 'x',
    data: 'no space\n two\n',
    id: '7',
    retry: 1500,
    start: 0,
    end: 68,
    terminated: true,
  });
  assert.equal(parse('id: a\0b\nretry: soon\ndata: x\n\n')[0]?.id, undefined);
  assert.equal(parse('id: a\0b\nretry: soon\ndata: x\n\n')[0]?.retry, undefined);
});

test('comments, pings and events without data give nothing', () => {
  assert.deepEqual(data(': ping\n\nevent: ping\n\n: OPENROUTER PROCESSING\n\ndata: x\n\n: end\n'), ['x']);
});

test('a byte-order mark is skipped at the start and kept elsewhere', () => {
  assert.deepEqual(data('\ufeffdata: x\n\ndata: \ufeffy\n\n'), ['x', '\ufeffy']);
});

test('a last event without its blank line is given, and marked', () => {
  for (const tail of ['', '\n', '\r', '\r\n']) {
    const events = parse(`data: a\n\ndata: {"cut": tr${tail}`);
    assert.deepEqual(
      events.map(({ data, terminated }) => [data, terminated]),
      [
        ['a', true],
        ['{"cut": tr', false],
      ],
    );
  }
  assert.deepEqual(parse('event: only\n'), []);
});

test('an event can be cut out of the stream by its offsets', () => {
  const stream = Buffer.from(': hi\n\nevent: é\ndata: 1\n\n: ping\n\ndata: 2 ✓\r\n\r\ndata: 3');
  const events = parseSse(stream);
  const pieces = events.map(({ start, end }) => stream.subarray(start, end).toString());
  assert.deepEqual(pieces, ['event: é\ndata: 1\n\n', 'data: 2 ✓\r\n\r\n', 'data: 3']);
  for (const [i, piece] of pieces.entries()) assert.equal(data(piece)[0], events[i]?.data);
});

const line = fc.oneof(
  fc.constantFrom(
    '',
    ': ping',
    'event: e',
    'data: é✓😀',
    'data:',
    'id: 1',
    'retry: 5',
    '\ufeff',
    'data: {"a":1}',
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
);
const stream = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\r', '\r\n', '')), { maxLength: 20 })
  .map(lines => Buffer.from(lines.flat().join('')));

test('any split into chunks gives the same events', () => {
  const cut = stream.chain(bytes => chunked(bytes).map(chunks => ({ bytes, chunks })));
  fc.assert(
    fc.property(cut, ({ bytes, chunks }) => {
      const parser = new SseParser();
      const events = [...chunks.flatMap(chunk => parser.push(chunk)), ...parser.end()];
      assert.deepEqual(events, parseSse(bytes));
    }),
    { numRuns: 2000 },
  );
});

test('every byte alone gives the same events', () => {
  const bytes = Buffer.from('\ufeffevent: ü\r\ndata: 😀\r\n\r\n: p\r\rdata: x\n\ndata: end');
  const parser = new SseParser();
  const events = [...[...bytes].flatMap(byte => parser.push(Uint8Array.of(byte))), ...parser.end()];
  assert.deepEqual(events, parseSse(bytes));
});

test('random bytes never throw, and events lie in order within the stream', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
      let at = 0;
      for (const { start, end } of parseSse(bytes)) {
        assert.ok(start >= at && end > start && end <= bytes.length);
        at = end;
      }
    }),
    { numRuns: 1000 },
  );
});

test('a million lines, one event of a million lines, one line of a million chunks: all linear', () => {
  const many = Buffer.from('data: x\n\n'.repeat(500_000));
  assert.equal(parseSse(many).length, 500_000);
  assert.equal(parseSse(Buffer.from('data: x\n'.repeat(1_000_000)))[0]?.data.length, 1_999_999);
  const parser = new SseParser();
  parser.push(Buffer.from('data: '));
  const piece = Buffer.from('x');
  for (let i = 0; i < 1_000_000; i++) parser.push(piece);
  assert.equal(parser.end()[0]?.data.length, 1_000_000);
});
