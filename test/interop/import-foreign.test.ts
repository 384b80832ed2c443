import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { RewindError } from '../../src/errors.ts';
import { goDuration } from '../../src/interop/go-vcr.ts';
import { importForeign } from '../../src/interop/import-foreign.ts';
import { type Answer, answerBody } from '../../src/wire/exchange.ts';
import { header } from '../../src/wire/headers.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const text = (answer: Answer): string => Buffer.from(answerBody(answer)).toString('utf8');
const head = (answer: Answer, name: string): string | undefined => header(answer.head?.headers ?? [], name);
const code = (wanted: string) => (error: unknown) => error instanceof RewindError && error.code === wanted;

const gzipped = gzipSync('{"ok":true}').toString('base64');

const VCRPY = `interactions:
- request:
    body: '{"model": "gpt-4o", "messages": [{"role": "user", "content": "Grüße ☕"}]}'
    headers:
      accept: ['*/*']
      content-type: [application/json]
      x-two: [a, b]
    method: POST
    uri: https://api.openai.com/v1/chat/completions?x=%20y
  response:
    body:
      string: !!binary |
        ${gzipped}
    headers:
      Content-Encoding: [gzip]
      Content-Type: [application/json]
      Date: ['Mon, 02 Feb 2026 10:00:00 GMT']
      Transfer-Encoding: [chunked]
    status: {code: 200, message: OK}
- request:
    body: null
    headers: {}
    method: GET
    uri: http://LOCALHOST:80
  response:
    content: '{"plain": 1}'
    headers: {content-encoding: gzip, content-length: '999'}
    http_version: HTTP/1.1
    status_code: 404
version: 1
`;

test('vcrpy YAML: requests, bytes kept compressed, the older httpx shape', () => {
  const session = importForeign(bytes(VCRPY), '/some/where/weather agent.yaml');
  assert.equal(session.format, 'vcrpy');
  assert.equal(session.name, 'weather agent');
  assert.match(session.id, /^[0-9a-f]{32}$/);
  assert.equal(session.startedAt, Date.UTC(2026, 1, 2, 10));
  assert.equal(session.scope, 'all-http');
  const [first, second] = session.exchanges;
  assert.equal(first!.request.path, '/v1/chat/completions?x=%20y');
  assert.equal(first!.request.host, 'api.openai.com');
  assert.match(Buffer.from(first!.request.body).toString('utf8'), /Grüße ☕/);
  assert.deepEqual(
    first!.request.headers.filter(([name]) => name === 'x-two'),
    [
      ['x-two', 'a'],
      ['x-two', 'b'],
    ],
  );
  assert.deepEqual(Buffer.from(answerBody(first!.answer)), gzipSync('{"ok":true}'));
  assert.equal(head(first!.answer, 'content-encoding'), 'gzip');
  assert.equal(first!.answer.head?.reason, 'OK');

  assert.equal(second!.request.host, 'localhost');
  assert.equal(second!.request.path, '/');
  assert.equal(second!.answer.head?.status, 404);
  assert.equal(text(second!.answer), '{"plain": 1}');
  assert.equal(head(second!.answer, 'content-encoding'), undefined);
  assert.equal(head(second!.answer, 'content-length'), '12');
  assert.deepEqual(session.warnings, [
    'content-encoding removed: the body is stored decoded',
    'content-length corrected: it did not fit the stored body',
  ]);
});

test('vcrpy JSON reads as the YAML does; the id follows the content', () => {
  const cassette = {
    version: 1,
    interactions: [
      {
        request: { method: 'POST', uri: 'https://api.anthropic.com/v1/messages', body: '{}', headers: {} },
        response: {
          status: { code: 200, message: 'OK' },
          headers: { 'content-type': ['text/event-stream'] },
          body: { string: 'event: ping\r\ndata: {}\r\n\r\n' },
        },
      },
    ],
  };
  const file = bytes(JSON.stringify(cassette));
  const session = importForeign(file, 'a.json');
  assert.equal(session.format, 'vcrpy');
  assert.equal(session.scope, 'llm');
  assert.equal(text(session.exchanges[0]!.answer), 'event: ping\r\ndata: {}\r\n\r\n');
  assert.equal(head(session.exchanges[0]!.answer, 'transfer-encoding'), 'chunked');
  assert.equal(importForeign(file, 'b.json').id, session.id);
  assert.notEqual(importForeign(Buffer.concat([file, bytes('\n')]), 'a.json').id, session.id);
});

test('vcrpy with parsed bodies, as some projects keep them', () => {
  const file = `interactions:
- request:
    headers: {content-type: [application/json]}
    method: POST
    parsed_body: {model: gpt-4o, temperature: 0.5, stream: false, stop: null}
    uri: https://api.openai.com/v1/chat/completions
  response:
    headers: {content-type: [application/json]}
    parsed_body: {id: x, choices: []}
    status: {code: 200, message: OK}
version: 1
`;
  const session = importForeign(bytes(file), 'x.yaml');
  assert.deepEqual(JSON.parse(Buffer.from(session.exchanges[0]!.request.body).toString('utf8')), {
    model: 'gpt-4o',
    temperature: 0.5,
    stream: false,
    stop: null,
  });
  assert.equal(text(session.exchanges[0]!.answer), '{"id":"x","choices":[]}');
  assert.match(session.warnings.join(), /stored parsed.*\(2 times\)/);
});

test('go-vcr, both formats: status line, duration, form', () => {
  const old = `---
version: 1
interactions:
- request:
    body: ""
    form: {q: [one two]}
    headers: {Content-Type: [application/x-www-form-urlencoded]}
    url: https://api.groq.com/openai/v1/models
    method: POST
  response:
    body: '{"a":1}'
    headers: {Content-Length: ["7"]}
    status: 201 Created
    code: 201
    duration: ""
`;
  const first = importForeign(bytes(old), 'x.yaml').exchanges[0]!;
  assert.equal(Buffer.from(first.request.body).toString(), 'q=one+two');
  assert.deepEqual([first.answer.head?.status, first.answer.head?.reason], [201, 'Created']);

  const recent = `---
version: 2
interactions:
    - id: 0
      request:
        proto: HTTP/1.1
        proto_major: 1
        proto_minor: 1
        content_length: 2
        host: api.openai.com
        body: '{}'
        form: {}
        headers: {Accept: [application/json]}
        url: https://api.openai.com/v1/chat/completions
        method: POST
      response:
        proto: HTTP/2.0
        content_length: -1
        uncompressed: true
        body: |
            data: {"a":1}

            data: [DONE]
        headers: {Content-Type: [text/event-stream]}
        status: 200 OK
        code: 200
        duration: 1.25s
`;
  const session = importForeign(bytes(recent), 'x.yaml');
  assert.equal(session.format, 'go-vcr');
  const { answer } = session.exchanges[0]!;
  assert.equal(answer.headAt, 1250);
  assert.equal(text(answer), 'data: {"a":1}\n\ndata: [DONE]\n');
  assert.equal(head(answer, 'transfer-encoding'), 'chunked');
});

test('Ruby VCR: text, !binary, exact bytes, other encodings; JSON as Betamax writes it', () => {
  const file = `---
http_interactions:
- request:
    method: post
    uri: https://api.openai.com/v1/chat/completions
    body:
      encoding: UTF-8
      string: '{"model":"gpt-4.1","messages":[{"role":"user","content":"Grüße"}]}'
    headers:
      Content-Type:
      - application/json
  response:
    status:
      code: 200
      message: OK
    headers:
      Content-Length:
      - '16'
    body:
      encoding: ASCII-8BIT
      string: !binary |-
        eyJvayI6Ikdyw7zDn2UifQ==
    http_version:
  recorded_at: Mon, 02 Feb 2026 10:00:00 GMT
- request:
    method: get
    uri: https://api.openai.com/v1/models
    body:
      encoding: US-ASCII
      base64_string: ''
    headers: {}
  response:
    status: {code: 404, message: }
    headers: {}
    body:
      encoding: ASCII-8BIT
      base64_string: |
        AP/+
  recorded_at: Mon, 02 Feb 2026 10:00:00 GMT
- request: {method: get, uri: 'https://api.openai.com/v1/models/a', body: {encoding: UTF-8, string: ''}, headers: {}}
  response:
    status: {code: 200, message: OK}
    headers: {}
    body: {encoding: ISO-8859-1, string: Grüße}
  recorded_at: Mon, 02 Feb 2026 10:00:03 GMT
recorded_with: VCR 6.2.0
`;
  const session = importForeign(bytes(file), 'spec/cassettes/refund.yml');
  assert.deepEqual([session.format, session.name, session.scope], ['vcr', 'refund', 'llm']);
  assert.equal(session.startedAt, Date.UTC(2026, 1, 2, 10));
  assert.deepEqual(
    session.exchanges.map(({ at }) => at),
    [0, 1, 3000],
  );
  const [post, exact, latin] = session.exchanges;
  assert.equal(post!.request.method, 'POST');
  assert.match(Buffer.from(post!.request.body).toString(), /Grüße/);
  assert.equal(text(post!.answer), '{"ok":"Grüße"}');
  assert.equal(exact!.answer.head?.status, 404);
  assert.deepEqual(Buffer.from(answerBody(exact!.answer)), Buffer.from([0, 255, 254]));
  assert.deepEqual(Buffer.from(answerBody(latin!.answer)), Buffer.from('Grüße', 'latin1'));

  const betamax = {
    http_interactions: [
      {
        recorded_at: '2026-02-02T10:00:00',
        request: {
          body: { encoding: 'utf-8', string: '{}' },
          headers: { Accept: ['*/*'] },
          method: 'POST',
          uri: 'https://api.anthropic.com/v1/messages',
        },
        response: {
          body: { encoding: 'UTF-8', base64_string: Buffer.from('{"ok":1}').toString('base64') },
          headers: {},
          status: { code: 200, message: 'OK' },
          url: 'https://api.anthropic.com/v1/messages',
        },
      },
    ],
    recorded_with: 'betamax/0.9.0',
  };
  const other = importForeign(bytes(JSON.stringify(betamax)), 'refund.json');
  assert.equal(other.format, 'vcr');
  assert.equal(text(other.exchanges[0]!.answer), '{"ok":1}');
});

test('Go durations', () => {
  assert.equal(goDuration('1h2m3.5s'), 3_723_500);
  assert.equal(goDuration('250ms'), 250);
  assert.equal(goDuration('1.5µs'), 0.0015);
  assert.equal(goDuration(2_000_000), 2);
  assert.equal(goDuration('soon'), 0);
  assert.equal(goDuration(undefined), 0);
});

const har = (entries: readonly object[]): Uint8Array =>
  bytes(JSON.stringify({ log: { version: '1.2', creator: { name: 't', version: '1' }, entries } }));

const entry = (changes: { request?: object; response?: object } & Record<string, unknown> = {}): object => ({
  startedDateTime: '2026-03-01T12:00:01.000Z',
  time: 30,
  timings: { blocked: -1, send: 1, wait: 19, receive: 10 },
  ...changes,
  request: {
    method: 'POST',
    url: 'https://api.openai.com/v1/chat/completions',
    httpVersion: 'h2',
    headers: [
      { name: ':authority', value: 'api.openai.com' },
      { name: 'Accept', value: '*/*' },
    ],
    postData: { mimeType: 'application/json', text: '{"a":1}' },
    ...changes.request,
  },
  response: {
    status: 200,
    statusText: 'OK',
    headers: [{ name: 'content-type', value: 'application/json' }],
    content: { size: 4, text: '{"b"', mimeType: 'application/json' },
    ...changes.response,
  },
});

test('HAR: order of arrival, times, base64, pseudo headers, entries without an answer', () => {
  const session = importForeign(
    har([
      entry({ startedDateTime: '2026-03-01T12:00:02.000Z', request: { method: 'GET', postData: undefined } }),
      entry({
        response: {
          content: { size: 2, text: Buffer.from([0xff, 0x00]).toString('base64'), encoding: 'base64' },
        },
      }),
      entry({ startedDateTime: '2026-03-01T12:00:03.000Z', response: { status: 0, content: {} } }),
      entry({ request: { url: 'blob:https://x/1' } }),
      entry({ request: { headers: [{ name: 'Upgrade', value: 'websocket' }] } }),
    ]),
    'trace.har',
  );
  assert.equal(session.format, 'har');
  assert.equal(session.startedAt, Date.UTC(2026, 2, 1, 12, 0, 1));
  const [first, second, third] = session.exchanges;
  assert.equal(session.exchanges.length, 3);
  assert.deepEqual([first!.at, second!.at, third!.at], [0, 1000, 2000]);
  assert.deepEqual(Buffer.from(answerBody(first!.answer)), Buffer.from([0xff, 0x00]));
  assert.equal(first!.request.httpVersion, '2');
  assert.deepEqual(first!.request.headers, [['Accept', '*/*']]);
  assert.equal(first!.answer.headAt, 20);
  assert.deepEqual(first!.answer.end, { kind: 'complete', at: 30, trailers: [] });
  assert.equal(second!.request.body.length, 0);
  assert.equal(third!.answer.head, undefined);
  assert.equal(third!.answer.end.kind, 'reset');
  assert.equal(session.warnings.length, 3);
});

test('HAR: a brotli header over decoded text is taken away, one over brotli bytes stays', () => {
  const coded = [{ name: 'Content-Encoding', value: 'br' }];
  const zipped = brotliCompressSync('{"z":1}').toString('base64');
  const session = importForeign(
    har([
      entry({ response: { headers: coded, content: { text: '{"z":1}' } } }),
      entry({ response: { headers: coded, content: { text: zipped, encoding: 'base64' } } }),
    ]),
    'trace.har',
  );
  assert.equal(head(session.exchanges[0]!.answer, 'content-encoding'), undefined);
  assert.equal(head(session.exchanges[1]!.answer, 'content-encoding'), 'br');
});

test('headers that cannot stand in a head do no harm', () => {
  const session = importForeign(
    har([
      entry({
        response: {
          headers: [
            { name: 'x-a', value: 'one\r\nset-cookie: evil' },
            { name: 'bad name', value: '1' },
            { name: 'x-euro', value: '€' },
          ],
        },
      }),
    ]),
    'trace.har',
  );
  const { answer } = session.exchanges[0]!;
  assert.equal(head(answer, 'x-a'), 'one set-cookie: evil');
  assert.equal(head(answer, 'bad name'), undefined);
  assert.equal(Buffer.from(head(answer, 'x-euro')!, 'latin1').toString('utf8'), '€');
});

test('bad input is one clear error', () => {
  const refused = (input: string, name: string, wanted: string) =>
    assert.throws(() => importForeign(bytes(input), name), code(wanted), `${name}: ${input.slice(0, 30)}`);
  refused('{"log":', 'x.har', 'bad-json');
  refused('{"some":"thing"}', 'x.json', 'unknown-recording');
  refused('just text', 'x.txt', 'unknown-recording');
  refused('a: [1, 2', 'x.yaml', 'bad-yaml');
  refused('', 'x.yaml', 'unknown-recording');
  refused('{"log":{"entries":[]}}', 'x.har', 'empty-recording');
  refused(`${'['.repeat(100_000)}`, 'x.json', 'bad-json');
  refused(`${'- '.repeat(20_000)}x`, 'x.yaml', 'bad-yaml');
  const bomb = [
    'a0: &a0 [x,x,x,x,x,x,x,x,x]',
    ...Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`)}]`),
  ];
  refused(bomb.join('\n'), 'x.yaml', 'bad-yaml');
});

test('a hostile cassette changes no prototype', () => {
  const file = `interactions:
- request: {method: GET, uri: 'https://api.openai.com/', headers: {__proto__: {polluted: [1]}}, body: !!python/object/apply:os.system ['true']}
  response: {status: {code: 200}, headers: {}, body: {string: x}, __proto__: {polluted: 1}}
`;
  const refusedOrRead = () => importForeign(bytes(file), 'x.yaml');
  assert.throws(refusedOrRead, code('empty-recording'));
  assert.equal('polluted' in {}, false);
});
