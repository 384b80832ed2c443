import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { DialectId } from '../../src/providers/call.ts';
import { dialectFor, isLlmRequest, readCall } from '../../src/providers/read-call.ts';
import type { Exchange } from '../../src/wire/exchange.ts';
import { anExchange, REQUESTS } from './an-exchange.ts';
import { corpusCalls, corpusMissing, exchangeOf } from './corpus.ts';

const IDS = Object.keys(REQUESTS) as DialectId[];

test('each dialect is told by its head; other methods and paths are no calls', () => {
  for (const id of IDS) {
    const { request } = anExchange(REQUESTS[id]);
    assert.equal(dialectFor(request), id);
    assert.ok(isLlmRequest(request));
    assert.equal(isLlmRequest({ ...request, method: 'GET' }), false);
    assert.equal(readCall(anExchange(REQUESTS[id]))?.dialect, id);
  }
  for (const path of [
    '/v1/models',
    '/v1/files',
    '/v1/threads/t_1/messages',
    '/v1/responses/resp_1/cancel',
    '/',
    '/v1/chat/completions/c_1',
    '//',
  ]) {
    assert.equal(isLlmRequest({ ...anExchange(REQUESTS['openai-chat']).request, path }), false, path);
  }
});

test('where dialects share a path, the host decides', () => {
  const { request } = anExchange(REQUESTS['ollama-embed']);
  assert.equal(dialectFor({ ...request, path: '/api/embeddings' }), 'ollama-embed');
  const chat = { ...request, scheme: 'https' as const, path: '/v1/chat' };
  assert.equal(dialectFor({ ...chat, host: 'api.cohere.com' }), 'cohere-chat');
  assert.equal(dialectFor({ ...chat, host: 'api.writer.com' }), 'openai-chat');
});

test("someone else's /api/chat or /messages is no call", () => {
  const mine = { url: 'http://localhost:3000/api/chat', body: { text: 'hello' } };
  assert.equal(readCall(anExchange(mine)), null);
  assert.equal(readCall(anExchange({ url: 'https://mail.example/v1/messages', body: { to: 'a' } })), null);
  assert.equal(
    readCall(anExchange({ url: 'https://api.openai.com/v1/chat/completions', body: { model: 'm' } }))
      ?.problems.length,
    1,
  );
});

test('Azure, Gemini and Bedrock name their model in the URL', () => {
  const azure = anExchange({
    url: 'https://r.openai.azure.com/openai/deployments/my%20gpt/chat/completions?api-version=1',
    body: { messages: [] },
  });
  assert.deepEqual([readCall(azure)?.requestModel, readCall(azure)?.provider], ['my gpt', 'azure']);
  const arn = 'arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fx';
  const bedrock = anExchange({
    url: `https://bedrock-runtime.us-east-1.amazonaws.com/model/${arn}/converse`,
    body: { messages: [] },
  });
  assert.equal(readCall(bedrock)?.requestModel, 'arn:aws:bedrock:us-east-1:1:inference-profile/x');
  const claude = anExchange({
    url: 'https://us-east5-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/anthropic/models/claude-x@1:streamRawPredict',
    body: { anthropic_version: 'vertex-2023-10-16', messages: [] },
  });
  assert.deepEqual(
    [readCall(claude)?.dialect, readCall(claude)?.requestModel, readCall(claude)?.stream],
    ['anthropic-messages', 'claude-x@1', true],
  );
});

test('a compressed request and answer are read; a wrong coding header is no problem where the bytes are plain', () => {
  const exchange = anExchange(REQUESTS['openai-chat'], {
    body: JSON.stringify({ choices: [{ message: { content: 'Hi' } }] }),
  });
  const [chunk] = exchange.answer.chunks;
  const coded = [['content-encoding', 'gzip']] as const;
  const packed: Exchange = {
    ...exchange,
    request: { ...exchange.request, headers: coded, body: gzipSync(exchange.request.body) },
    answer: {
      ...exchange.answer,
      head: { status: 200, reason: '', headers: coded },
      chunks: [{ at: 1, bytes: gzipSync(chunk!.bytes) }],
    },
  };
  const lying: Exchange = {
    ...exchange,
    answer: { ...exchange.answer, head: { status: 200, reason: '', headers: coded } },
  };
  for (const one of [packed, lying]) {
    const call = readCall(one);
    assert.deepEqual(
      [call?.requestModel, call?.output.parts, call?.problems],
      ['m-1', [{ type: 'text', text: 'Hi' }], []],
    );
  }
});

test('cut answers give what came, and a word about it', () => {
  const body = 'data: {"choices":[{"index":0,"delta":{"content":"Hel"}}]}\n\ndata: {"choices":[{"ind';
  const reset = readCall(
    anExchange(REQUESTS['openai-chat'], { body, end: { kind: 'reset', at: 5, message: 'ECONNRESET' } }),
  );
  assert.deepEqual(reset?.output.parts, [{ type: 'text', text: 'Hel' }]);
  assert.deepEqual([reset?.finishReason, reset?.error], [null, null]);
  assert.deepEqual(reset?.problems, ['the stream ends inside an event', 'the answer was cut: ECONNRESET']);
  const { head: _, ...headless } = anExchange(REQUESTS['openai-chat']).answer;
  const refused = readCall({
    ...anExchange(REQUESTS['openai-chat']),
    answer: { ...headless, chunks: [], end: { kind: 'reset', at: 1, message: 'ECONNREFUSED' } },
  });
  assert.deepEqual(refused?.error, { status: 0, type: 'reset', message: 'ECONNREFUSED' });
});

test('hostile JSON pollutes nothing', () => {
  const nasty =
    '{"model":"m","messages":[{"role":"__proto__","content":"x"}],"__proto__":{"stream":true},"tools":[{"function":{"name":"constructor"}}]}';
  const exchange = anExchange({ url: REQUESTS['openai-chat'].url, body: Buffer.from(nasty) });
  const call = readCall(exchange);
  assert.equal(call?.stream, false);
  assert.equal(call?.messages[0]?.role, 'user');
  assert.ok(Object.hasOwn(call?.parameters ?? {}, '__proto__'));
  assert.equal(Object.getPrototypeOf(call?.parameters), Object.prototype);
  assert.equal(Reflect.get({}, 'stream'), undefined);
});

/** Any JSON in the place of any other: what a vendor never sends and an attacker does. */
const anyJson = fc.jsonValue({ maxDepth: 5 });

test('no dialect throws on any JSON, as request, answer or stream', () => {
  const keys = [
    'messages',
    'input',
    'contents',
    'choices',
    'delta',
    'message',
    'content',
    'parts',
    'tool_calls',
    'function',
    'usage',
    'type',
    'item',
    'response',
    'output',
    'system',
    'tools',
    'prompt',
    'candidates',
    'error',
    'step',
    'index',
  ];
  const shaped = fc.letrec<{ node: unknown }>(tie => ({
    node: fc.oneof(
      { depthSize: 'small' },
      anyJson,
      fc.dictionary(fc.constantFrom(...keys), tie('node'), { maxKeys: 5 }),
      fc.array(tie('node'), { maxLength: 3 }),
    ),
  })).node;
  fc.assert(
    fc.property(
      fc.constantFrom(...IDS),
      shaped,
      fc.array(shaped, { maxLength: 3 }),
      fc.nat(3),
      (id, request, answer, framing) => {
        const body = [
          JSON.stringify(answer[0] ?? null),
          answer.map(one => `data: ${JSON.stringify(one)}\n\n`).join(''),
          answer.map(one => `${JSON.stringify(one)}\n`).join(''),
          JSON.stringify(answer),
        ][framing];
        readCall(anExchange({ url: REQUESTS[id].url, body: request }, { body: body ?? '' }));
        readCall(anExchange(REQUESTS[id], { body: body ?? '' }));
        readCall(
          anExchange(REQUESTS[id], { body: body ?? '', head: { status: 400, reason: '', headers: [] } }),
        );
      },
    ),
    { numRuns: 3000 },
  );
});

test('no dialect throws on random bytes', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...IDS),
      fc.uint8Array({ maxLength: 200 }),
      fc.uint8Array({ maxLength: 200 }),
      (id, body, answer) => {
        readCall(anExchange({ url: REQUESTS[id].url, body }, { body: answer }));
        readCall(anExchange(REQUESTS[id], { body: answer }));
      },
    ),
    { numRuns: 1000 },
  );
});

test('real exchanges, hurt and cut anywhere, never throw', { skip: corpusMissing }, () => {
  let turn = 0;
  for (const call of corpusCalls()) {
    if (turn++ % 9 !== 0) continue;
    const exchange = exchangeOf(call);
    const hurt = (bytes: Uint8Array, at: number): Uint8Array => {
      const copy = Uint8Array.from(bytes.subarray(0, bytes.length - (at % Math.max(1, bytes.length >> 1))));
      for (let i = at % 97; i < copy.length; i += 97 + (at % 211)) copy[i] = (copy[i]! * 31 + at) & 0xff;
      return copy;
    };
    const [chunk] = exchange.answer.chunks;
    readCall({
      ...exchange,
      answer: { ...exchange.answer, chunks: [{ at: 1, bytes: hurt(chunk!.bytes, turn) }] },
    });
    readCall({ ...exchange, request: { ...exchange.request, body: hurt(exchange.request.body, turn) } });
  }
  assert.ok(turn > 9000);
});
