import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { CREDENTIAL_HEADERS, CREDENTIAL_PARAMETERS, KEY_SHAPES } from '../../src/providers/credentials.ts';
import type { Home } from '../../src/sessions/home.ts';
import { maskOf } from '../../src/sessions/mask.ts';
import { readSession } from '../../src/sessions/reader.ts';
import { Redactor } from '../../src/sessions/redaction.ts';
import { redactionRules } from '../../src/sessions/redaction-rules.ts';
import type { SessionReader, SessionWriter } from '../../src/sessions/session.ts';
import { answerBody } from '../../src/wire/exchange.ts';
import { cassetteText } from './cassette-text.ts';
import { bytesBelow, type Sample, sampleExchange } from './sample.ts';
import { record, startSession, temporaryHome } from './temporary-home.ts';

const CANARY = 'canary/7f+3=Zq"9\\x';

/** In every form in which it could be told by whoever reads the disk. */
const FORMS = [
  CANARY,
  encodeURIComponent(CANARY),
  JSON.stringify(CANARY).slice(1, -1),
  JSON.stringify(CANARY).slice(1, -1).replaceAll('/', '\\/'),
  ...[0, 1, 2].map(shift =>
    Buffer.from('\0'.repeat(shift) + CANARY)
      .toString('base64')
      .slice(4, -4),
  ),
];

function assertNone(where: string, text: Buffer | string): void {
  for (const form of FORMS) {
    const at = text.indexOf(form);
    assert.ok(at < 0, `${where}: ${JSON.stringify(text.toString().slice(Math.max(0, at - 60), at + 60))}`);
  }
}

/** All that a session says, as one text: bodies too, which are compressed on disk. */
function allText(session: SessionReader): string {
  const pieces: unknown[] = [session.start, session.exit, session.warnings, session.tools];
  for (const { request, answer } of session.exchanges()) {
    pieces.push(request.path, request.headers.flat(), Buffer.from(request.body).toString('latin1'));
    pieces.push(answer.head, answer.end, Buffer.from(answerBody(answer)).toString('latin1'));
  }
  for (const { bytes } of session.output) pieces.push(Buffer.from(bytes).toString('latin1'));
  // Texts as they are, beside their JSON form.
  return pieces.flatMap(piece => [JSON.stringify(piece), typeof piece === 'string' ? piece : '']).join('\n');
}

async function assertSafe(home: Home, writer: SessionWriter, where: string): Promise<SessionReader> {
  assertNone(`${where}, live log`, bytesBelow(home.path));
  await writer.seal();
  const session = readSession(home, writer.id);
  assertNone(`${where}, home`, bytesBelow(home.path));
  assertNone(`${where}, session`, allText(session));
  assertNone(`${where}, cassette`, cassetteText(session));
  return session;
}

/** A request that shows the secret, and all the places where it may come back. */
function everywhere(shown: Sample): readonly Sample[] {
  const basic = Buffer.from(`user:${CANARY}`).toString('base64');
  const echo = JSON.stringify({
    plain: CANARY,
    nested: JSON.stringify({ deeper: CANARY }),
    url: `https://x.example/?q=${encodeURIComponent(CANARY)}`,
    basic: `Basic ${basic}`,
    base64: [0, 1, 2].map(shift => Buffer.from('x'.repeat(shift) + CANARY).toString('base64')),
  });
  return [
    shown,
    {
      path: `/v1/${encodeURIComponent(CANARY)}?q=${encodeURIComponent(CANARY)}`,
      headers: [['x-note', `it is ${CANARY}`]],
    },
    { body: echo, chunks: [echo] },
    { body: `{"history":"as before",${echo.slice(1)}`, answerHeaders: [['x-echo', CANARY]] },
  ];
}

function recordEverywhere(writer: SessionWriter, shown: Sample): void {
  for (const [seq, sample] of everywhere(shown).entries()) record(writer, sampleExchange({ ...sample, seq }));
  writer.output({ at: 1, stream: 'stdout', bytes: Buffer.from(`key is ${CANARY.slice(0, 7)}`) });
  writer.output({ at: 1, stream: 'stderr', bytes: Buffer.from(`${CANARY}\n`) });
  writer.output({ at: 2, stream: 'stdout', bytes: Buffer.from(`${CANARY.slice(7)} indeed\n`) });
  writer.tool({
    at: 3,
    durationMs: 1,
    name: 'login',
    arguments: { token: CANARY },
    result: [CANARY],
    error: CANARY,
  });
  const { request } = sampleExchange({ seq: 50 });
  writer.request({ seq: 50, at: 1, request });
  writer.label(50, 'MISS', `no answer for ${CANARY}`);
  writer.answerEnd(50, { kind: 'reset', at: 2, message: `cannot reach https://x/${CANARY}` });
  writer.request({ seq: 51, at: 1, request });
  writer.answerEnd(51, { kind: 'complete', at: 2, trailers: [['x-sum', CANARY]] });
}

test('a secret in any credential header, of requests or answers, reaches the disk in no form', async t => {
  for (const name of CREDENTIAL_HEADERS) {
    const home = temporaryHome(t);
    const writer = startSession(home);
    const value = /cookie/.test(name) ? `sid=${CANARY}; Path=/` : CANARY;
    recordEverywhere(
      writer,
      name.startsWith('set-') ? { answerHeaders: [[name, value]] } : { headers: [[name, value]] },
    );
    await assertSafe(home, writer, name);
  }
});

test('schemes of authorization: what is behind the scheme is the secret', async t => {
  const basic = Buffer.from(`user:${CANARY}`).toString('base64');
  for (const value of [`Bearer ${CANARY}`, `Basic ${basic}`, `Token ${CANARY}`, `bearer   ${CANARY}`]) {
    const home = temporaryHome(t);
    const writer = startSession(home);
    recordEverywhere(writer, { headers: [['Authorization', value]] });
    const session = await assertSafe(home, writer, value);
    const [, found] = session.exchange(0).request.headers.find(([name]) => name === 'Authorization')!;
    assert.equal(found.length, value.length);
    assert.equal(found.split(' ')[0], value.split(' ')[0]);
    assert.match(found, /REDACTED/);
  }
});

test('a secret in any credential parameter of an address or a form', async t => {
  for (const name of CREDENTIAL_PARAMETERS) {
    const home = temporaryHome(t);
    const writer = startSession(home);
    recordEverywhere(writer, { path: `/v1/x?a=1&${name}=${encodeURIComponent(CANARY)}&b=2` });
    await assertSafe(home, writer, name);
  }
  const home = temporaryHome(t);
  const writer = startSession(home);
  recordEverywhere(writer, {
    headers: [['content-type', 'application/x-www-form-urlencoded']],
    body: `grant_type=x&client_secret=${encodeURIComponent(CANARY)}&b=2`,
  });
  await assertSafe(home, writer, 'form');

  for (const name of ['client_secret', 'api_key', 'key']) {
    const home = temporaryHome(t);
    const writer = startSession(home);
    const file = `--xyz\r\nContent-Disposition: form-data; name="file"; filename="key"\r\n\r\nplain words\r\n`;
    const field = `--xyz\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${CANARY}\r\n`;
    recordEverywhere(writer, {
      headers: [['content-type', 'multipart/form-data; boundary=xyz']],
      body: `${file}${field}--xyz--\r\n`,
    });
    const session = await assertSafe(home, writer, `multipart ${name}`);
    const kept = Buffer.from(session.exchange(0).request.body).toString();
    assert.ok(kept.includes(file), kept);
  }
});

test('secrets known beforehand, and flags of the command line', async t => {
  const home = temporaryHome(t);
  const command = ['agent', '--note', `x${CANARY}`, '--api-key', 'abc', '--access-token=tok', 'API_KEY=mine'];
  const writer = startSession(home, { command }, { secrets: [CANARY] });
  recordEverywhere(writer, {});
  const { start } = await assertSafe(home, writer, 'known');
  assert.deepEqual(start.command, [
    'agent',
    '--note',
    `x${maskOf(CANARY)}`,
    '--api-key',
    '***',
    '--access-token=***',
    'API_KEY=****',
  ]);
});

/** One text for each shape of key, made to fit its pattern. */
const KEYS: readonly string[] = [
  `sk-proj-${'aB3'.repeat(16)}`,
  `sk-ant-api03-${'xY-9'.repeat(20)}`,
  `AIza${'b4_C7'.repeat(7)}`,
  `gsk_${'d5'.repeat(20)}`,
  `AKIA${'ABCD2345'.repeat(2)}`,
  `hf_${'k2'.repeat(15)}`,
  `ghp_${'e6'.repeat(18)}`,
  `eyJ${'hbGci1'.repeat(4)}.eyJ${'zdWIi2'.repeat(4)}.${'sig3'.repeat(8)}`,
  `xoxb-${'12345678'.repeat(3)}`,
];

test('a key of a known shape is masked wherever an answer is cut', () => {
  for (const key of KEYS) {
    for (const text of [`data: {"text":"use ${key} now"}\n\n`, `key=${key}`, `Bearer ${key}\n`]) {
      const bytes = Buffer.from(text);
      for (let cut = 0; cut <= bytes.length; cut++) {
        const stream = new Redactor().stream();
        const out = Buffer.concat([
          stream.push(bytes.subarray(0, cut)),
          stream.push(bytes.subarray(cut)),
          stream.flush(),
        ]);
        assert.equal(out.length, bytes.length);
        assert.ok(!out.includes(key.slice(8, 24)), `cut at ${cut}: ${out}`);
      }
      const stream = new Redactor().stream();
      const out = Buffer.concat([...[...bytes].map(byte => stream.push(Buffer.of(byte))), stream.flush()]);
      assert.ok(!out.includes(key.slice(8, 24)), `byte by byte: ${out}`);
    }
  }
});

test('a secret seen before is masked wherever an answer is cut, and chunks keep their sizes and times', async t => {
  const text = `data: {"a":"${JSON.stringify(CANARY).slice(1, -1)}"}\n\ndata: ${CANARY} "end"\n\n`;
  const home = temporaryHome(t);
  const writer = startSession(home);
  record(writer, sampleExchange({ headers: [['x-api-key', CANARY]] }));
  for (let cut = 1; cut < text.length; cut++) {
    record(writer, sampleExchange({ seq: cut, chunks: [text.slice(0, cut), text.slice(cut)] }));
  }
  record(writer, sampleExchange({ seq: text.length, chunks: [...text] }));
  const session = await assertSafe(home, writer, 'cut');
  for (let cut = 1; cut < text.length; cut++) {
    const sizes = session.exchange(cut).answer.chunks.map(({ at, bytes }) => [at, bytes.length]);
    assert.deepEqual(sizes, [
      [6, cut],
      [7, text.length - cut],
    ]);
  }
  assert.equal(session.exchange(text.length).answer.chunks.length, text.length);
});

test('a private key that comes line by line', () => {
  const lines = Array.from({ length: 20 }, (_, i) => `MIIEvQ${i}${'Ab3/'.repeat(14)}\n`);
  const text = `here:\n-----BEGIN RSA PRIVATE KEY-----\n${lines.join('')}-----END RSA PRIVATE KEY-----\nthanks\n`;
  const stream = new Redactor().stream();
  const out = [...text.split(/(?<=\n)/).map(line => stream.push(Buffer.from(line))), stream.flush()].join('');
  assert.equal(out.length, text.length);
  assert.doesNotMatch(out, /MIIEvQ|Ab3\//);
  assert.match(
    out,
    /^here:\n-----BEGIN RSA PRIVATE KEY-----REDACTED\*+-----END RSA PRIVATE KEY-----\nthanks\n$/,
  );
});

test('a compressed body with a secret is stored decoded, and says so', async t => {
  const text = JSON.stringify({ echo: CANARY, more: 'text '.repeat(50) });
  for (const [coding, packed] of [
    ['gzip', gzipSync(text)],
    ['br', brotliCompressSync(text)],
  ] as const) {
    const home = temporaryHome(t);
    const warnings: string[] = [];
    const writer = startSession(home, {}, { onWarning: message => warnings.push(message) });
    const coded = [
      ['Content-Encoding', coding],
      ['Content-Length', String(packed.length)],
    ] as const;
    record(writer, sampleExchange({ headers: [['x-api-key', CANARY], ...coded], body: packed }));
    const cuts = [packed.subarray(0, 9), packed.subarray(9)];
    record(writer, sampleExchange({ seq: 1, answerHeaders: coded, chunks: cuts }));
    const plain = coding === 'gzip' ? gzipSync('nothing secret') : brotliCompressSync('nothing secret');
    record(
      writer,
      sampleExchange({ seq: 2, answerHeaders: coded, chunks: [plain.subarray(0, 3), plain.subarray(3)] }),
    );
    const session = await assertSafe(home, writer, coding);
    const masked = text.replace(JSON.stringify(CANARY).slice(1, -1), found => maskOf(found));
    assert.equal(Buffer.from(session.exchange(0).request.body).toString(), masked);
    const { answer } = session.exchange(1);
    assert.equal(Buffer.from(answerBody(answer)).toString(), masked);
    assert.deepEqual(answer.head?.headers.slice(1), [['Content-Length', String(masked.length)]]);
    assert.equal(warnings.length, 2);
    assert.match(warnings.join(), /exchange 0: .*request.* decoded.*exchange 1: .*answer.* decoded/);
    assert.deepEqual(session.warnings, warnings);
    // One without a secret stays as it came.
    assert.deepEqual(
      session.exchange(2).answer.chunks.map(({ bytes }) => Buffer.from(bytes)),
      [plain.subarray(0, 3), plain.subarray(3)],
    );
  }
});

test('a secret that shows only after a body was stored is masked in the bodies that repeat it', async t => {
  const home = temporaryHome(t);
  const writer = startSession(home);
  const history = `{"messages":["${'as before '.repeat(500)}", ${JSON.stringify(CANARY)}`;
  record(writer, sampleExchange({ headers: [['x-api-key', CANARY]] }));
  for (let seq = 1; seq < 5; seq++) {
    const headers = seq === 3 ? ([['cookie', 'other=another-secret-value-1']] as const) : [];
    const body = `${history}${', "another-secret-value-1"'.repeat(seq)}]}`;
    record(writer, sampleExchange({ seq, headers, body }));
  }
  const session = await assertSafe(home, writer, 'later');
  for (const seq of [3, 4]) {
    const body = Buffer.from(session.exchange(seq).request.body).toString();
    assert.ok(!body.includes('another-secret'), body.slice(-200));
    assert.equal(body.length, history.length + seq * 26 + 2);
  }
});

test('innocent text stays as it is', () => {
  const innocent = [
    'toolu_01A09q90qw90lq917835lq9',
    'call_abcdefghijklmnopqrstuv12',
    'chatcmpl-9ZpLmNoPqRsTuVwXyZ0123456789',
    'msg_01XFDUDYJgAACzvnptvVoYEL',
    'resp_0dd13fe7861c42e30069b02f38d60c819b9f07278d4ddf02c7',
    '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
    'Send the header Authorization: Bearer and your token, see Basic authentication.',
    'sk-learn-compatible-estimators and task-oriented-dialogue-systems',
    '{"token":"Hello","logprob":-0.31,"bytes":[72]}',
    '{"signature":"EqQBCgIYAhIkYjYzNDM4ZDgtN2Q4Zi00"}',
    `data:image/png;base64,${Buffer.alloc(3000, 'sk-AKIA').toString('base64')}`,
    'fp_51e1070cf2 8a7c4e2f9b1d3a5c7e9f0b2d4a6c8e0f1a3b5c7d',
  ];
  for (const text of innocent) assert.equal(new Redactor().text(text), text);
});

test('placeholders for keys are not masked in the text', () => {
  const redactor = new Redactor();
  for (const value of ['ollama', 'not-needed', 'placeholder', 'EMPTY', 'x', 'lm studio']) {
    redactor.requestHead(sampleExchange({ headers: [['authorization', `Bearer ${value}`]] }).request);
    assert.equal(redactor.text(`This is ${value} text.`), `This is ${value} text.`);
  }
});

test('masks are the same everywhere and have the length of the secret', () => {
  assert.equal(maskOf('sk-1234567890abcdef'), 'sk-REDACTED********');
  assert.equal(maskOf('canary'), '******');
  const head = sampleExchange({
    headers: [
      ['authorization', 'Bearer sk-1234567890abcdef'],
      ['cookie', 'a=12; b=345'],
    ],
  }).request;
  const once = new Redactor().requestHead(head);
  assert.deepEqual(new Redactor().requestHead(head), once);
  assert.deepEqual(new Redactor().requestHead(once), once, 'masking twice changes nothing');
});

test('a request as a tape sees it is the request as it was stored', async t => {
  const home = temporaryHome(t);
  const writer = startSession(home);
  const exchange = sampleExchange({
    path: '/v1/x?key=secret-key-123456',
    headers: [['x-api-key', CANARY]],
    body: JSON.stringify({ say: CANARY, at: `https://user:pass1234@host/` }),
  });
  record(writer, exchange);
  await writer.seal();
  const { host, ...stored } = readSession(home, writer.id).exchange(0).request;
  assert.deepEqual(new Redactor().request(exchange.request), { host, ...stored });
});

test('the user’s own rules', async t => {
  const rules = redactionRules({
    redact: {
      headers: ['X-Customer'],
      parameters: ['tenant'],
      jsonPaths: ['$.user.email', 'messages[*].card', 'deep["a b"][1]'],
      patterns: ['ACME-\\d{4}'],
    },
  });
  const home = temporaryHome(t);
  const writer = startSession(home, {}, { rules });
  const body = {
    user: { email: 'a@b.example', name: 'Ann' },
    messages: [{ card: 4111, text: 'ACME-1234' }, { card: 'x\\"y' }],
    deep: { 'a b': [1, 'two'] },
  };
  record(
    writer,
    sampleExchange({
      path: '/v1?tenant=contoso',
      headers: [['x-customer', 'number 12']],
      body: JSON.stringify(body, null, 2),
      chunks: ['{"user":{"em', 'ail":"c@d.example"},"x":"AC', 'ME-9999"}'],
    }),
  );
  await writer.seal();
  const { request, answer } = readSession(home, writer.id).exchange(0);
  assert.equal(request.path, '/v1?tenant=*******');
  assert.deepEqual(request.headers.at(-1), ['x-customer', 'REDACTED*']);
  const text = Buffer.from(request.body).toString();
  assert.equal(text.length, JSON.stringify(body, null, 2).length);
  assert.doesNotMatch(text, /a@b|4111|ACME-1|x\\\\|two/);
  assert.match(text, /"name": "Ann"/);
  assert.doesNotMatch(Buffer.from(answerBody(answer)).toString(), /c@d|ACME/);
  assert.deepEqual(
    answer.chunks.map(({ bytes }) => bytes.length),
    [12, 27, 9],
  );
});

test('bad rules are told by their key', () => {
  const bad: readonly (readonly [unknown, RegExp])[] = [
    [{ redact: [] }, /redact must be an object/],
    [{ redact: { headers: 'x' } }, /redact\.headers must be a list/],
    [{ redact: { header: [] } }, /redact\.header is not known/],
    [{ redact: { patterns: ['('] } }, /redact\.patterns/],
    [{ redact: { patterns: ['a*'] } }, /matches the empty text/],
    [{ redact: { jsonPaths: ['$.a['] } }, /not a path/],
  ];
  for (const [config, message] of bad)
    assert.throws(() => redactionRules(config), { code: 'bad-config', message });
  assert.equal(redactionRules({}).patterns.length, 0);
});

test('whatever a key pattern finds, the scanner finds', () => {
  const piece = fc.constantFrom(
    ...KEYS,
    ...[
      'Bearer ',
      'Basic ',
      '"',
      ' ',
      '\n',
      '://u:',
      '@',
      'aws_secret_access_key=',
      'sk-',
      '-----BEGIN PRIVATE KEY-----',
      '-----END',
    ],
    'Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MA==',
    'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    'https',
    'pässwörd1',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 6 })), { maxLength: 12 }), pieces => {
      const bytes = Buffer.from(pieces.join(''));
      const text = bytes.toString('latin1');
      const spans = new Redactor().spans(bytes, []);
      for (const { id, pattern } of KEY_SHAPES) {
        for (const match of text.matchAll(new RegExp(pattern.source, `${pattern.flags}d`))) {
          const [start, end] = match.indices!.groups?.secret ?? match.indices![0]!;
          assert.ok(
            spans.some(span => span.start <= start && span.end >= end),
            `${id} in ${JSON.stringify(text)}`,
          );
        }
      }
    }),
    { numRuns: 2000 },
  );
});

test('any text, cut anywhere, comes out of a stream as long as it went in, and masked as if it were whole', () => {
  const pieces = fc.array(
    fc.oneof(fc.constantFrom(...KEYS, CANARY, ' ', '\n', '"', 'Bearer '), fc.string({ maxLength: 9 })),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(pieces, fc.array(fc.nat(400), { maxLength: 6 }), (texts, cuts) => {
      const redactor = new Redactor(undefined, [CANARY]);
      const bytes = Buffer.from(texts.join(''));
      const stream = redactor.stream();
      const ends = [...cuts.map(cut => Math.min(cut, bytes.length)), bytes.length].sort((a, b) => a - b);
      let from = 0;
      const out = ends.map(end => {
        const piece = stream.push(bytes.subarray(from, end));
        from = end;
        return piece;
      });
      const whole = Buffer.concat([...out, stream.flush()]);
      assert.equal(whole.length, bytes.length);
      assert.equal(whole.toString('latin1'), redactor.body(bytes, []).toString('latin1'));
    }),
    { numRuns: 2000 },
  );
});
