import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { RewindError } from '../../src/errors.ts';
import {
  exportCassette,
  importCassette,
  readCassette,
  readCassetteFile,
} from '../../src/sessions/cassette.ts';
import { readSession } from '../../src/sessions/reader.ts';
import { resolveSession } from '../../src/sessions/resolve.ts';
import type { Exchange } from '../../src/wire/exchange.ts';
import { cassetteText } from './cassette-text.ts';
import { sampleExchange } from './sample.ts';
import { record, startSession, temporaryHome } from './temporary-home.ts';

const event = (id: string, text: string): string =>
  `data: {"id":"${id}","object":"chat.completion.chunk","created":1750000000,"choices":[{"index":0,"delta":{"content":"${text}"}}]}\n\n`;

/** A two-turn agent, as it runs on some day in some place: what changes from run to run is a parameter. */
function run(id = 'chatcmpl-1', pause = 1): Exchange[] {
  const first = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'What is the capital of France?' },
  ];
  const second = [
    ...first,
    { role: 'assistant', content: 'Paris.' },
    { role: 'user', content: 'And of Italy?' },
  ];
  const tools = [{ type: 'function', function: { name: 'search', parameters: {} } }];
  return [first, second].map((messages, seq) => {
    const exchange = sampleExchange({
      seq,
      headers: [
        ['authorization', 'Bearer sk-1234567890abcdef1234'],
        ['x-trace-id', id],
      ],
      body: JSON.stringify({ model: 'gpt-4.1', messages, tools, stream: true }),
      answerHeaders: [
        ['date', `Tue, ${pause}`],
        ['x-request-id', `req_${id}`],
        ['x-model', 'a'],
      ],
      chunks: [event(id, 'Par'), event(id, 'is') + event(id, '.'), 'data: [DONE]', '\n\n'],
    });
    const chunks = exchange.answer.chunks.map(({ at, bytes }) => ({ at: at * pause, bytes }));
    return { ...exchange, answer: { ...exchange.answer, headAt: 5 * pause, chunks } };
  });
}

async function cassetteOf(t: TestContext, exchanges: readonly Exchange[], start = {}): Promise<string> {
  const home = temporaryHome(t);
  const writer = startSession(home, start);
  for (const exchange of exchanges) record(writer, exchange);
  writer.output({ at: 1, stream: 'stdout', bytes: Buffer.from('Paris.\n') });
  writer.output({ at: 2, stream: 'stdout', bytes: Buffer.from('Rome.\n') });
  writer.tool({
    at: 3,
    durationMs: 4,
    name: 'search',
    arguments: { q: 'Rome' },
    result: 'Italy',
    site: '/home/me/a.py:3',
  });
  writer.exit({ at: 900, code: 0, signal: null });
  await writer.seal();
  return cassetteText(readSession(home, writer.id));
}

test('a cassette holds each message once, in words, and gives every byte back', async t => {
  const text = await cassetteOf(t, run());
  const lines = text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(lines[0], {
    rewind: 'cassette',
    version: 1,
    recorded: '2025-06-15',
    command: ['agent'],
    scope: 'llm',
  });
  const parts = lines.filter(line => 'part' in line);
  assert.equal(parts.length, 5, 'four messages and a tool');
  assert.deepEqual(parts[0]?.json, { role: 'system', content: 'Be brief.' });
  const second = lines.find(line => line.exchange === 1)?.body as {
    json: { messages: { parts: unknown[] } };
  };
  assert.deepEqual(second.json.messages.parts[0], { of: 0, first: 2 }, 'the history is not said again');
  assert.equal(second.json.messages.parts.length, 3);
  assert.deepEqual(
    lines.find(line => 'data' in line),
    { data: { choices: [{ index: 0, delta: { content: 'Par' } }] } },
  );
  const cassette = readCassette(Buffer.from(text));
  for (const [i, { request, answer }] of run().entries()) {
    assert.deepEqual(cassette.exchange(i).request.body, request.body);
    assert.deepEqual(cassette.exchange(i).answer, answer);
  }
  assert.equal(Buffer.concat(cassette.output.map(({ bytes }) => bytes)).toString(), 'Paris.\nRome.\n');
  assert.deepEqual(cassette.tools, [
    { at: 3, durationMs: 4, name: 'search', arguments: { q: 'Rome' }, result: 'Italy' },
  ]);
  assert.deepEqual(cassette.exit, { at: 900, code: 0, signal: null });
});

test('exporting twice, and importing and exporting, gives the same bytes', async t => {
  const exchanges = run();
  const text = await cassetteOf(t, exchanges, { name: 'capitals', extraHosts: ['llm.corp.example=openai'] });
  assert.equal(
    await cassetteOf(t, exchanges, { name: 'capitals', extraHosts: ['llm.corp.example=openai'] }),
    text,
  );
  assert.equal(cassetteText(readCassette(Buffer.from(text))), text);
  const home = temporaryHome(t);
  const first = await importCassette(home, readCassette(Buffer.from(text)));
  const second = await importCassette(home, readCassette(Buffer.from(text)));
  assert.equal(first.id, second.id);
  assert.equal(first.calls, 2);
  assert.deepEqual(readdirSync(home.sessions), [first.id]);
  assert.equal(cassetteText(readSession(home, first.id)), text);
});

test('a recording made again differs only where it must', async t => {
  const [before, after] = await Promise.all([
    cassetteOf(t, run('chatcmpl-1', 1)),
    cassetteOf(t, run('chatcmpl-2', 3)),
  ]);
  const old = new Set(before.split('\n'));
  const kinds = after
    .split('\n')
    .filter(line => line !== '' && !old.has(line))
    .map(line => Object.keys(JSON.parse(line))[0]);
  assert.deepEqual(kinds, ['each', 'changing', 'each', 'changing', 'timing', 'timing']);
});

test('no path of this machine and no time of day is in a cassette', async t => {
  const cwd = join(homedir(), 'project');
  const home = temporaryHome(t);
  const writer = startSession(home, {
    command: ['/usr/local/bin/python3', `${cwd}/agent.py`, '--out', `${homedir()}/out`, `${cwd}2`],
    cwd,
    git: { commit: 'abc', dirty: true },
  });
  record(writer, { ...sampleExchange(), site: Buffer.from(`${cwd}/agent.py:3`).toString('base64') });
  writer.output({ at: 1, stream: 'stderr', bytes: Buffer.from(`File "${cwd}/agent.py" in ${homedir()}.\n`) });
  await writer.seal();
  const text = cassetteText(readSession(home, writer.id));
  assert.ok(!text.includes(`${cwd}/`) && !text.includes(`${homedir()}/out`), text);
  const { start, output } = readCassette(Buffer.from(text));
  assert.deepEqual(start.command, ['python3', './agent.py', '--out', '~/out', '~/project2']);
  assert.equal(Buffer.from(output[0]!.bytes).toString(), 'File "./agent.py" in ~.\n');
  assert.ok(!text.includes(home.path) && !text.includes(writer.id) && !text.includes('1750000000'));
});

test('answers that broke, binary bodies, labels and gaps come back', async t => {
  const home = temporaryHome(t);
  const writer = startSession(home, { scope: 'all-http' });
  const { request, answer } = sampleExchange();
  const odd: Exchange[] = [
    {
      seq: 0,
      at: 0,
      request: { ...request, body: Buffer.of(0, 255, 128) },
      answer: { chunks: [], end: { kind: 'reset', at: 3, message: 'ECONNRESET' } },
    },
    {
      seq: 3,
      at: 1,
      request: { ...request, httpVersion: '2', path: '*', method: 'OPTIONS', body: Buffer.alloc(0) },
      answer: { ...answer, end: { kind: 'client-gone', at: 7 } },
    },
    {
      seq: 4,
      at: 1,
      request,
      answer: {
        head: { status: 304, reason: '', headers: [] },
        headAt: 1,
        chunks: [],
        end: { kind: 'complete', at: 2, trailers: [['x-sum', '1']] },
      },
    },
    {
      seq: 7,
      at: 2,
      request: { ...request, body: Buffer.from('{"contents":{"parts":["of the body itself"]}}') },
      answer: { ...answer, end: { kind: 'unfinished' } },
      label: 'MISS',
    },
    {
      seq: 8,
      at: 2,
      request: {
        ...request,
        body: Buffer.from('{ "messages" : [ {"a":1} , {"a":1.50}], "__proto__": {"x":1} }'),
      },
      answer: { ...answer, chunks: [{ at: 6, bytes: Buffer.of(0x1f, 0x8b, 0) }] },
    },
  ];
  for (const exchange of odd) record(writer, exchange);
  await writer.seal();
  const session = readSession(home, writer.id);
  assert.deepEqual([...session.exchanges()], odd);
  const text = cassetteText(session);
  assert.deepEqual([...readCassette(Buffer.from(text)).exchanges()], odd);
  const { id } = await importCassette(home, readCassette(Buffer.from(text)));
  assert.deepEqual([...readSession(home, id).exchanges()], odd);
});

test('a session is found by the path of its cassette', async t => {
  const home = temporaryHome(t);
  const path = join(home.path, 'capitals.rw');
  writeFileSync(path, await cassetteOf(t, run()));
  assert.equal(resolveSession(home, path).length, 2);
  assert.throws(() => resolveSession(home, join(home.path, 'none.rw')), { code: 'no-such-file' });
});

const HEADER = '{"rewind":"cassette","version":1,"recorded":"2025-01-31","command":[],"scope":"llm"}';
const REQUEST = '{"exchange":0,"request":"POST https://h/p","headers":[]}';
const ANSWER = '{"answer":0,"status":200,"reason":"","headers":[]}';

/** Reads all there is; a bad file must be told at the latest here. */
function readAll(text: string | Buffer): void {
  for (const exchange of readCassette(Buffer.from(text)).exchanges()) assert.ok(exchange);
}

test('a bad cassette is told by its line', () => {
  const cases: readonly (readonly [name: string, text: string, code: string, message: RegExp])[] = [
    ['empty', '', 'not-a-cassette', /not a Rewind cassette/],
    ['foreign', '{"log":{}}\n', 'not-a-cassette', /not a Rewind cassette/],
    ['newer', HEADER.replace('"version":1', '"version":3'), 'newer-cassette', /version 3/],
    ['no version', '{"rewind":"cassette"}\n', 'bad-cassette', /Line 1 .*"version"/],
    ['cut', `${HEADER}\n${REQUEST}`, 'bad-cassette', /Line 2 .*was cut/],
    ['not JSON', `${HEADER}\nhello\n`, 'bad-cassette', /Line 2 /],
    ['deep', `${HEADER}\n${'['.repeat(100_000)}\n`, 'bad-cassette', /Line 2 /],
    ...(
      [
        ['two payloads', '{"message":"a","text":"x","base64":"eA=="}', /no known kind/],
        ['no headers', '{"message":[1]}', /"message"/],
        ['a coding of no style', '{"message":"a","data":{},"coded":{"bytes":{"indent":1e9}}}', /"coded"/],
        ['a header of no type', '{"message":[["a",{"later":1}]]}', /does not make a body/],
        ['a header out of range', '{"message":[["a",{"byte":999}]]}', /does not make a body/],
        ['a header that is no number', '{"message":[["a",{"long":"x"}]]}', /does not make a body/],
      ] as const
    ).map(
      ([name, line, message]) =>
        [name, `${HEADER}\n${REQUEST}\n${ANSWER}\n${line}\n`, 'bad-cassette', message] as const,
    ),
    [
      'a WebSocket to nowhere',
      `${HEADER}\n{"webSocket":"file:///x"}\n`,
      'bad-cassette',
      /Line 2 .*"webSocket"/,
    ],
    ['no object', `${HEADER}\n[1]\n`, 'bad-cassette', /Line 2 .*no JSON object/],
    ['unknown line', `${HEADER}\n{"later":1}\n`, 'bad-cassette', /Line 2 .*no known kind/],
    [
      'two parts of a name',
      `${HEADER}\n{"part":"a","json":1}\n{"part":"a","json":2}\n`,
      'bad-cassette',
      /Line 3 .*part a again/,
    ],
    ['two of a number', `${HEADER}\n${REQUEST}\n${REQUEST}\n`, 'bad-cassette', /Line 3 .*exchange 0 again/],
    ['no answer', `${HEADER}\n${REQUEST}\n`, 'bad-cassette', /Line 2 .*no answer/],
    ['answer to nothing', `${HEADER}\n${ANSWER}\n`, 'bad-cassette', /Line 2 .*names no exchange/],
    [
      'huge number',
      `${HEADER}\n${REQUEST.replace('"exchange":0', '"exchange":1e300')}\n`,
      'bad-cassette',
      /whole number/,
    ],
    [
      'no address',
      `${HEADER}\n${REQUEST.replace('https', 'file')}\n${ANSWER}\n`,
      'bad-cassette',
      /"request"/,
    ],
    [
      'a header of no text',
      `${HEADER}\n${REQUEST.replace('[]', '[[1,2]]')}\n${ANSWER}\n`,
      'bad-cassette',
      /"headers"/,
    ],
    [
      'missing part',
      `${HEADER}\n${REQUEST.replace('[]', '[],"body":{"json":{"messages":{"parts":["x"]}}}')}\n${ANSWER}\n`,
      'bad-cassette',
      /Line 2 .*part x is missing/,
    ],
    [
      'a list that refers to itself',
      `${HEADER}\n${REQUEST.replace('[]', '[],"body":{"json":{"messages":{"parts":[{"of":0,"first":9}]}}}')}\n${ANSWER}\n`,
      'bad-cassette',
      /not before it/,
    ],
    [
      'chunks beyond the body',
      `${HEADER}\n${REQUEST}\n${ANSWER}\n{"text":"abc"}\n{"timing":0,"at":0,"chunks":"1b999999999"}\n`,
      'bad-cassette',
      /its chunks have 999999999 bytes/,
    ],
    [
      'chunks that are none',
      `${HEADER}\n${REQUEST}\n${ANSWER}\n{"text":"abc"}\n{"timing":0,"at":0,"chunks":"1y2"}\n`,
      'bad-cassette',
      /is no chunk/,
    ],
    [
      'huge indent',
      `${HEADER}\n${REQUEST}\n${ANSWER}\n{"json":{"a":1},"style":{"indent":1e9}}\n`,
      'bad-cassette',
      /"style"/,
    ],
    [
      'a number that is code',
      `${HEADER}\n${REQUEST}\n${ANSWER}\n{"json":{"a":1},"style":{"numbers":[[0,"alert()"]]}}\n`,
      'bad-cassette',
      /"style"/,
    ],
    [
      'negative time',
      `${HEADER}\n${REQUEST}\n${ANSWER}\n{"timing":0,"at":-1}\n`,
      'bad-cassette',
      /milliseconds/,
    ],
    [
      'unknown label',
      `${HEADER}\n${REQUEST}\n${ANSWER.replace('}', ',"label":"X"}')}\n`,
      'bad-cassette',
      /"label"/,
    ],
  ];
  for (const [name, text, code, message] of cases) {
    const whole = name === 'newer' ? `${text}\n` : text;
    assert.throws(
      () => readAll(whole),
      (error: unknown) => {
        assert.ok(error instanceof RewindError, `${name}: ${error}`);
        assert.equal(error.code, code, name);
        assert.match(error.message, message, name);
        assert.notEqual(error.hint, '', name);
        return true;
      },
    );
  }
  assert.throws(() => readAll(Buffer.from(`${HEADER}\n{"part":"\xff","json":1}\n`, 'latin1')), {
    code: 'bad-cassette',
    message: /not UTF-8/,
  });
});

test('a part that is named a million times is not unfolded', () => {
  const list = JSON.stringify(Array.from({ length: 1_000_000 }, () => 'p'));
  const bomb = [
    HEADER,
    JSON.stringify({ part: 'p', json: 'x'.repeat(100_000) }),
    REQUEST.replace('[]', `[],"body":{"json":{"messages":{"parts":${list}}}}`),
    ANSWER,
    '',
  ].join('\n');
  assert.throws(() => readAll(bomb), { code: 'bad-cassette', message: /unfolds to more than/ });
});

test('an answer of some hundred thousand events, and JSON nested as deep as can be read, come back', async t => {
  const event = 'data: {"choices":[{"delta":{"content":"a"}}]}\n\n';
  const long = sampleExchange({ chunks: Array.from({ length: 40 }, () => event.repeat(5_000)) });
  assert.deepEqual(readCassette(Buffer.from(await cassetteOf(t, [long]))).exchange(0), long);
  for (const depth of [400, 490, 510, 6000, 50_000]) {
    const nested = `${'['.repeat(depth)}${']'.repeat(depth)}`;
    const body = `{"model":"m","messages":[${nested}]}`;
    const deep = sampleExchange({ body, chunks: [body] });
    const cassette = Buffer.from(await cassetteOf(t, [deep]));
    assert.deepEqual(readCassette(cassette).exchange(0), deep, `${depth} deep`);
  }
});

test('a cassette longer than one piece of text, and one whose lines are not kept, give the same', async t => {
  const long = Array.from({ length: 3 }, (_, seq) =>
    sampleExchange({
      seq,
      body: JSON.stringify({ messages: [{ role: 'user', content: `${seq}`.repeat(1_500_000) }] }),
    }),
  );
  const home = temporaryHome(t);
  const writer = startSession(home);
  for (const exchange of [...run(), ...long.map(each => ({ ...each, seq: each.seq + 2 }))])
    record(writer, exchange);
  await writer.seal();
  const pieces = exportCassette(readSession(home, writer.id));
  assert.ok(pieces.length > 4, `${pieces.length} pieces`);
  const bytes = Buffer.concat([...pieces]);
  const whole = readCassette(bytes);
  const lineByLine = readCassette(bytes, { kept: 0 });
  assert.deepEqual([...lineByLine.exchanges()], [...whole.exchanges()]);
  assert.deepEqual(Buffer.concat([...exportCassette(lineByLine)]), bytes);
});

test('a file that no Rewind can read whole is told, unread', t => {
  const { path } = temporaryHome(t);
  mkdirSync(path, { recursive: true });
  const file = join(path, 'huge.rw');
  writeFileSync(file, HEADER);
  truncateSync(file, 2 ** 31);
  assert.throws(() => readCassetteFile(file), {
    code: 'cassette-too-large',
    message: `${file}: The cassette has 2.0 GiB; no more than 2 GiB can be read`,
  });
});

test('a bad cassette leaves nothing in the home', async t => {
  const home = temporaryHome(t);
  const bad = `${HEADER}\n${REQUEST}\n${ANSWER}\n{"text":"abc"}\n{"timing":0,"at":0,"chunks":"1b9"}\n`;
  await assert.rejects(importCassette(home, readCassette(Buffer.from(bad))), { code: 'bad-cassette' });
  assert.deepEqual(readdirSync(home.path), []);
});

test('keys of a prototype are plain keys', () => {
  const body = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
  const text = [
    HEADER,
    `{"part":"__proto__","json":1}`,
    REQUEST.replace('[]', `[],"body":{"json":${body}}`),
    ANSWER,
    `{"json":${body}}`,
    '',
  ].join('\n');
  const { request, answer } = readCassette(Buffer.from(text)).exchange(0);
  assert.equal(Buffer.from(request.body).toString(), body);
  assert.equal(Buffer.from(answer.chunks[0]!.bytes).toString(), body);
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
});

test('secrets that somebody wrote into a cassette by hand do not reach the home', async t => {
  const home = temporaryHome(t);
  const key = `sk-proj-${'aB3'.repeat(12)}`;
  const text = [
    HEADER,
    REQUEST.replace('[]', `[["authorization","Bearer ${key}"]]`),
    ANSWER,
    `{"text":"${key}"}`,
    '',
  ].join('\n');
  const { id } = await importCassette(home, readCassette(Buffer.from(text)));
  assert.ok(!cassetteText(readSession(home, id)).includes(key));
});

test('a cassette that was damaged anywhere is read as something, or told; never a crash', async t => {
  const bytes = Buffer.from(await cassetteOf(t, run()));
  const damage = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
  const other = fc.constantFrom(
    '{',
    '}',
    '"',
    '[]',
    '\n',
    'null',
    '1e999',
    ',"parts":[]',
    '{"of":0,"first":1}',
    '\\u0000',
  );
  fc.assert(
    fc.property(damage, fc.nat(bytes.length), other, fc.nat(30), (flips, at, piece, cut) => {
      const damaged = Buffer.concat([bytes.subarray(0, at), Buffer.from(piece), bytes.subarray(at + cut)]);
      for (const [place, value] of flips)
        if (place % 3 === 0 && place < damaged.length) damaged[place] = value;
      try {
        readAll(damaged);
      } catch (error) {
        assert.ok(error instanceof RewindError, String(error instanceof Error ? error.stack : error));
      }
    }),
    { numRuns: 1500 },
  );
});
