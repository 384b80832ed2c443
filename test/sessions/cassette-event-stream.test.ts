import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { importCassette, readCassette } from '../../src/sessions/cassette.ts';
import { readSession } from '../../src/sessions/reader.ts';
import type { SessionReader } from '../../src/sessions/session.ts';
import {
  EVENT_STREAM,
  encodeEventStreamMessage,
  parseEventStream,
  stringHeader,
} from '../../src/wire/event-stream.ts';
import { answerBody, type Exchange } from '../../src/wire/exchange.ts';
import { cassetteText } from './cassette-text.ts';
import { bytesBelow, sampleExchange } from './sample.ts';
import { record, startSession, temporaryHome } from './temporary-home.ts';

function frame(type: string, payload: string | Uint8Array, kind = 'event', content = 'application/json') {
  const text = (value: string) => ({ type: 'string', value }) as const;
  return encodeEventStreamMessage({
    headers: [
      [`:${kind}-type`, text(type)],
      [':content-type', text(content)],
      [':message-type', text(kind)],
    ],
    payload: Buffer.from(payload),
  });
}

const inner = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Grüß Gott' } };
const wrapped = (event: object): string =>
  JSON.stringify({ bytes: Buffer.from(JSON.stringify(event)).toString('base64'), p: 'abcdef' });

const STREAM = [
  frame('messageStart', '{"p":"abcdefghij","role":"assistant"}'),
  frame('contentBlockDelta', '{"contentBlockIndex":0,"delta":{"text":"Rain"},"p":"abc"}'),
  frame('chunk', wrapped(inner)),
  frame('metadata', '{"metrics": {"latencyMs": 812}, "usage": {"inputTokens": 1.0}}'),
  frame('throttlingException', '{"message":"Too many requests"}', 'exception'),
];

/** A Bedrock exchange whose answer comes in the given pieces. */
const bedrock = (pieces: readonly Uint8Array[]): Exchange => {
  const exchange = sampleExchange({ chunks: pieces });
  return {
    ...exchange,
    request: {
      ...exchange.request,
      host: 'bedrock-runtime.us-east-1.amazonaws.com',
      path: '/model/m/converse-stream',
    },
    answer: {
      ...exchange.answer,
      head: { status: 200, reason: 'OK', headers: [['Content-Type', EVENT_STREAM]] },
    },
  };
};

async function recorded(t: TestContext, pieces: readonly Uint8Array[]): Promise<SessionReader> {
  const home = temporaryHome(t);
  const writer = startSession(home);
  record(writer, bedrock(pieces));
  await writer.seal();
  return readSession(home, writer.id);
}

const linesOf = (cassette: string): Record<string, unknown>[] =>
  cassette
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>);

test('an event stream stands in a cassette message by message, in words', async t => {
  const lines = linesOf(cassetteText(await recorded(t, STREAM)));
  assert.equal(lines[0]?.version, 2);
  assert.deepEqual(
    lines.filter(line => 'message' in line),
    [
      { message: 'messageStart', data: { p: 'abcdefghij', role: 'assistant' } },
      { message: 'contentBlockDelta', data: { contentBlockIndex: 0, delta: { text: 'Rain' }, p: 'abc' } },
      { message: 'chunk', data: { bytes: inner, p: 'abcdef' }, coded: { bytes: {} } },
      {
        message: 'metadata',
        data: { metrics: { latencyMs: 812 }, usage: { inputTokens: 1 } },
        style: { colon: ' ', comma: ' ', numbers: [[1, '1.0']] },
      },
      {
        message: [
          [':exception-type', 'throttlingException'],
          [':content-type', 'application/json'],
          [':message-type', 'exception'],
        ],
        data: { message: 'Too many requests' },
      },
    ],
  );
  assert.ok(!lines.some(line => 'base64' in line));
});

test('a cassette without such a stream is of version 1, as it always was', async t => {
  const home = temporaryHome(t);
  const writer = startSession(home);
  record(writer, sampleExchange());
  await writer.seal();
  assert.equal(linesOf(cassetteText(readSession(home, writer.id)))[0]?.version, 1);
});

test('words of a message can be edited by hand: lengths, checksums and chunks fit again', async t => {
  const text = cassetteText(await recorded(t, STREAM));
  const edited = text.replace('"text":"Rain"', '"text":"Sunshine all day"').replace('Grüß Gott', 'Servus');
  const { answer } = readCassette(Buffer.from(edited)).exchange(0);
  const read = parseEventStream(answerBody(answer));
  assert.equal(read.problem, undefined);
  assert.equal(read.messages.length, STREAM.length);
  assert.match(Buffer.from(read.messages[1]!.payload).toString(), /Sunshine all day/);
  assert.equal(answer.chunks.length, STREAM.length, 'each message still comes by itself');
});

test('a cassette of version 1, where such a stream is base64, is still read', async t => {
  const text = cassetteText(await recorded(t, [Buffer.concat(STREAM)]));
  const base64 = JSON.stringify({ base64: Buffer.concat(STREAM).toString('base64') });
  const [head, ...rest] = text.trimEnd().split('\n');
  const first = rest.findIndex(line => line.startsWith('{"message"'));
  const others = rest.filter(line => !line.startsWith('{"message"'));
  const size = Buffer.concat(STREAM).length;
  const old = [
    head!.replace('"version":2', '"version":1'),
    ...others.slice(0, first),
    base64,
    ...others.slice(first).map(line => line.replace(/"chunks":"([\d.]+)x5"/, `"chunks":"$1b${size}"`)),
  ];
  assert.match(old.join('\n'), /"chunks":"[\d.]+b/);
  const { answer } = readCassette(Buffer.from(`${old.join('\n')}\n`)).exchange(0);
  assert.ok(Buffer.concat(STREAM).equals(answerBody(answer)));
  assert.equal(answer.chunks.length, 1);
});

test('any stream, whole, cut or damaged, in pieces cut anywhere, comes back byte for byte', async t => {
  const whole = Buffer.concat(STREAM);
  const home = temporaryHome(t);
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.nat(whole.length), { maxLength: 12 }),
      fc.option(fc.nat(whole.length)),
      fc.option(fc.tuple(fc.nat(whole.length - 1), fc.nat(255))),
      async (cuts, end, damage) => {
        const bytes = Buffer.from(whole.subarray(0, end ?? whole.length));
        if (damage && damage[0] < bytes.length) bytes[damage[0]] = damage[1];
        const places = [0, ...cuts.filter(cut => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        const pieces = places
          .slice(1)
          .map((to, i) => bytes.subarray(places[i]!, to))
          .filter(({ length }) => length > 0);
        const exchange = bedrock(pieces);
        const writer = startSession(home);
        record(writer, exchange);
        await writer.seal();
        const session = readSession(home, writer.id);
        assert.deepEqual([...session.exchanges()], [exchange]);
        const text = cassetteText(session);
        assert.deepEqual([...readCassette(Buffer.from(text)).exchanges()], [exchange]);
        const { id } = await importCassette(home, readCassette(Buffer.from(text)));
        assert.equal(cassetteText(readSession(home, id)), text);
      },
    ),
    { numRuns: 60 },
  );
});

const KEY = `sk-proj-${'aB3'.repeat(12)}`;

test('a key in an event stream is masked, in the inner base64 too, and the stream stays valid', async t => {
  const home = temporaryHome(t);
  const writer = startSession(home);
  const told = [
    frame('contentBlockDelta', JSON.stringify({ delta: { text: `Your key is ${KEY}.` } })),
    frame('chunk', wrapped({ ...inner, delta: { type: 'text_delta', text: `again ${KEY}` } })),
    frame('internalServerException', `no such key: ${KEY}`, 'exception', 'text/plain'),
  ];
  // In pieces that cut through the key.
  const whole = Buffer.concat(told);
  const at = whole.indexOf(KEY) + 9;
  record(writer, bedrock([whole.subarray(0, at), whole.subarray(at, -20), whole.subarray(-20)]));
  await writer.seal();
  const session = readSession(home, writer.id);
  const body = Buffer.from(answerBody(session.exchange(0).answer));
  assert.equal(body.length, whole.length);
  const { messages, problem } = parseEventStream(body);
  assert.equal(problem, undefined);
  assert.equal(messages.length, 3);
  assert.equal(stringHeader(messages[0]!, ':event-type'), 'contentBlockDelta');
  const inside = (JSON.parse(Buffer.from(messages[1]!.payload).toString()) as { bytes: string }).bytes;
  const words = messages.map(({ payload }) => Buffer.from(payload).toString('latin1')).join();
  const decoded = Buffer.from(inside, 'base64').toString();
  assert.match(decoded, /again sk-REDACTED\*+/);
  for (const text of [words, decoded, cassetteText(session), bytesBelow(home.path).toString('latin1')])
    assert.ok(!text.includes('aB3aB3'), text);
});
