/** Every operator on every vendor's form of answer: what a client reads from the broken bytes is the fault that was meant. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { checkScript } from '../../src/emulator/script.ts';
import { type Fault, neverEnds, type Target } from '../../src/mutate/operator.ts';
import { OPERATORS } from '../../src/mutate/operators.ts';
import type { Call, DialectId } from '../../src/providers/call.ts';
import { editableAnswer, withPieces } from '../../src/providers/editing/editable-answer.ts';
import { shapeOf } from '../../src/providers/editing/shapes.ts';
import { readCall } from '../../src/providers/read-call.ts';
import { answerBody, type Exchange } from '../../src/wire/exchange.ts';

const TEXT = 'All of it is done: 40 euros went back, and the parcel of Monday P-88 is on its way to you.';
const script = checkScript({
  turns: [
    { match: { user: 'talk' }, answer: { text: TEXT } },
    {
      match: { user: 'act' },
      answer: {
        toolCalls: [
          { name: 'refund', arguments: { order: 'A-17', amount: 40 } },
          { name: 'track', arguments: { parcel: 'P-88' } },
        ],
      },
    },
  ],
});

const refund = {
  type: 'object',
  properties: { order: { type: 'string' }, amount: { type: 'number' } },
  required: ['order', 'amount'],
};
const track = { type: 'object', properties: { parcel: { type: 'string' } }, required: ['parcel'] };
const tools = [
  { name: 'refund', schema: refund },
  { name: 'track', schema: track },
];
const bedrock = 'bedrock-runtime.us-east-1.amazonaws.com';
const declarations = tools.map(({ name, schema }) => ({ name, parameters: schema }));
const converse = (words: string): object => ({
  messages: [{ role: 'user', content: [{ text: words }] }],
  toolConfig: {
    tools: tools.map(({ name, schema }) => ({ toolSpec: { name, inputSchema: { json: schema } } })),
  },
});
const chat = (words: string): object => ({
  model: 'gpt-4.1-mini',
  messages: [{ role: 'user', content: words }],
  tools: declarations.map(definition => ({ type: 'function', function: definition })),
});
const responses = (words: string): object => ({
  model: 'gpt-4.1-mini',
  input: [{ role: 'user', content: words }],
  tools: declarations.map(definition => ({ type: 'function', ...definition })),
});
const messages = (words: string): object => ({
  model: 'claude-sonnet-4-5',
  max_tokens: 500,
  messages: [{ role: 'user', content: words }],
  tools: tools.map(({ name, schema }) => ({ name, input_schema: schema })),
});
const generate = (words: string): object => ({
  contents: [{ role: 'user', parts: [{ text: words }] }],
  tools: [{ functionDeclarations: declarations }],
});

const FORMS: readonly (readonly [
  dialect: DialectId,
  host: string,
  path: string,
  body: (words: string) => object,
])[] = [
  ['openai-chat', 'api.openai.com', '/v1/chat/completions', chat],
  ['openai-chat', 'api.openai.com', '/v1/chat/completions', words => ({ ...chat(words), stream: true })],
  ['openai-responses', 'api.openai.com', '/v1/responses', responses],
  ['openai-responses', 'api.openai.com', '/v1/responses', words => ({ ...responses(words), stream: true })],
  ['anthropic-messages', 'api.anthropic.com', '/v1/messages', messages],
  [
    'anthropic-messages',
    'api.anthropic.com',
    '/v1/messages',
    words => ({ ...messages(words), stream: true }),
  ],
  [
    'gemini-generate',
    'generativelanguage.googleapis.com',
    '/v1beta/models/gemini-2.5-flash:generateContent',
    generate,
  ],
  [
    'gemini-generate',
    'generativelanguage.googleapis.com',
    '/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse',
    generate,
  ],
  ['bedrock-converse', bedrock, '/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse', converse],
  ['bedrock-converse', bedrock, '/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse-stream', converse],
];

test('what is read from the broken bytes is the fault that was meant', async () => {
  const emulator = await startEmulator({ script });
  try {
    for (const [dialect, host, path, body] of FORMS) {
      for (const words of ['talk', 'act']) {
        const exchange = await ask(emulator.url, host, path, body(words));
        check(
          `${dialect} ${path.split('?')[0]!.slice(-24)} ${'stream' in body(words)} ${words}`,
          dialect,
          exchange,
        );
      }
    }
  } finally {
    await emulator.close();
  }
});

async function ask(url: string, host: string, path: string, body: object): Promise<Exchange> {
  const headers = {
    'content-type': 'application/json',
    authorization: 'Bearer k',
    'x-api-key': 'k',
    'x-goog-api-key': 'k',
  };
  const bytes = Buffer.from(JSON.stringify(body));
  const response = await fetch(url + path, { method: 'POST', headers, body: bytes });
  const answer = new Uint8Array(await response.arrayBuffer());
  assert.equal(response.status, 200, Buffer.from(answer).toString());
  return {
    seq: 0,
    at: 0,
    request: {
      method: 'POST',
      scheme: 'https',
      host,
      path,
      httpVersion: '1.1',
      headers: Object.entries(headers),
      body: bytes,
    },
    answer: {
      head: {
        status: 200,
        reason: 'OK',
        headers: [...response.headers].filter(([name]) => name !== 'content-encoding'),
      },
      headAt: 0,
      chunks: [{ at: 0, bytes: answer }],
      end: { kind: 'complete', at: 0, trailers: [] },
    },
  };
}

function check(what: string, dialect: DialectId, exchange: Exchange): void {
  const call = readCall(exchange);
  const body = editableAnswer(exchange.answer);
  assert.ok(call && body, what);
  assert.equal(call.dialect, dialect);
  const joined = Buffer.from(answerBody(withPieces(body, body.pieces)));
  assert.ok(joined.equals(answerBody(exchange.answer)), `${what}: joined again`);
  const target: Target = {
    exchange,
    call,
    shape: shapeOf(dialect),
    body,
    earlier: [],
    siblings: [],
    previous: null,
  };
  const planned = new Map(OPERATORS.map(({ id, plan }) => [id, plan(target)]));
  const read = (fault: Fault): Call => {
    assert.notEqual(fault.answer, 'hang');
    return readCall({ ...exchange, answer: fault.answer as Exclude<Fault['answer'], 'hang'> })!;
  };
  const only = (id: string): Call => {
    const [fault] = planned.get(id) ?? [];
    assert.ok(fault, `${what}: ${id} is planned`);
    return read(fault);
  };
  const calls = ({ output }: Call) =>
    output.parts.flatMap(part => (part.type === 'tool_call' ? [part.call] : []));
  const text = ({ output }: Call) =>
    output.parts.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('');

  for (const id of [
    'rate-limit-once',
    'overloaded',
    'server-error',
    'auth-expired',
    'context-overflow',
    'gateway-html-502',
  ]) {
    assert.ok((only(id).error?.status ?? 0) >= 400, `${what}: ${id}`);
  }
  assert.deepEqual(only('empty-response').output.parts, [], `${what}: empty`);
  assert.match(text(only('refusal')), /sorry/, `${what}: refusal`);
  if (calls(call).length === 0) {
    assert.equal(text(call), TEXT);
    for (const id of ['truncated-response', 'truncated-without-flag']) {
      const cut = only(id);
      assert.ok(text(cut).length > 10 && TEXT.startsWith(text(cut)) && text(cut) !== TEXT, `${what}: ${id}`);
      const flagged = /length|max_tokens|MAX_TOKENS|max_output_tokens/.test(cut.finishReason ?? '');
      assert.equal(flagged, id === 'truncated-response', `${what}: ${id} ${cut.finishReason}`);
    }
    assert.match(text(only('number-shifted')), /400 euros/, what);
    assert.match(text(only('paraphrase')), /^Certainly! All of it's finished: 40 euros/, what);
    assert.match(text(only('entity-shifted')), /parcel of Monday P-89/, what);
    if (body.streamed) {
      const cut = only('stream-clean-cut');
      assert.ok(TEXT.startsWith(text(cut)) && text(cut) !== TEXT, `${what}: clean cut ${text(cut)}`);
      assert.ok(only('stream-error-event').error, `${what}: error event`);
      assert.equal(text(only('stream-resliced')), TEXT);
      const [stall] = planned.get('stream-stall') ?? [];
      assert.ok(stall && neverEnds(stall), `${what}: stall`);
    }
    return;
  }
  assert.deepEqual(calls(only('missing-tool-argument'))[0]?.arguments, { order: 'A-17' }, what);
  assert.deepEqual(
    calls(only('wrong-type-tool-argument'))[0]?.arguments,
    { order: 'A-17', amount: 'many' },
    what,
  );
  assert.deepEqual(calls(only('number-shifted'))[0]?.arguments, { order: 'A-17', amount: 400 }, what);
  assert.equal(calls(only('unknown-tool'))[0]?.name, 'refund_v2', what);
  assert.deepEqual(
    calls(only('dropped-parallel-call')).map(({ name }) => name),
    ['refund'],
    what,
  );
  const twice = calls(only('duplicated-call'));
  assert.deepEqual(
    twice.map(({ name }) => name),
    ['refund', 'track', 'refund'],
    what,
  );
  assert.deepEqual(twice[2]?.arguments, { order: 'A-17', amount: 40 }, what);
  const ids = twice.map(({ id }) => id).filter(id => id !== null);
  assert.equal(new Set(ids).size, ids.length, `${what}: ids of their own`);
  const reordered = calls(only('reordered-parallel-calls'));
  assert.deepEqual(
    reordered.map(({ id, name, arguments: args }) => [id, name, args]),
    calls(call)
      .toReversed()
      .map(({ id, name, arguments: args }) => [id, name, args]),
    `${what}: reordered`,
  );
  assert.deepEqual(calls(only('entity-shifted'))[0]?.arguments, { order: 'A-18', amount: 40 }, what);
  // Behind the tools' results: the same calls again under new ids, or one that an instruction in them asked for.
  const message = { id: null, name: 'refund', content: [], isError: false } as const;
  const results = { role: 'tool', parts: [{ type: 'tool_result', result: message }] } as const;
  const later = { ...target, call: { ...call, messages: [...call.messages, results] }, previous: target };
  const behind = (id: string): Fault =>
    OPERATORS.find(one => one.id === id)!.plan(later)[0] ?? assert.fail(`${what}: ${id}`);
  const again = behind('loop');
  const turns = [1, 2].map(nth => calls(readCall({ ...exchange, answer: again.again!(nth) })!));
  for (const turn of turns) {
    assert.deepEqual(
      turn.map(({ name, arguments: args }) => [name, args]),
      calls(call).map(({ name, arguments: args }) => [name, args]),
      `${what}: loop`,
    );
  }
  const known = [...calls(call), ...turns.flat()].flatMap(({ id }) => id ?? []);
  assert.equal(new Set(known).size, known.length, `${what}: ids of their own in each turn`);
  const [obeyed, ...more] = calls(read(behind('obeyed-injection')));
  assert.deepEqual([obeyed?.name, more], ['refund', []], `${what}: obeyed`);
  assert.match(JSON.stringify(obeyed?.arguments), /canary/, `${what}: obeyed`);
  const prose = only('prose-instead-of-call');
  assert.deepEqual([calls(prose), text(prose)], [[], 'Done. Everything is taken care of.'], what);
  const [invalid] = planned.get('invalid-tool-arguments') ?? [];
  if (invalid)
    assert.equal(typeof calls(read(invalid))[0]?.arguments === 'object', false, `${what}: invalid`);
  else assert.ok(!body.streamed || dialect.startsWith('gemini'), `${what}: arguments are an object`);
}
