/** An edited answer, on every vendor's form of answer: a client reads what was written, and nothing else has changed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { checkScript } from '../../src/emulator/script.ts';
import type { DialectId } from '../../src/providers/call.ts';
import { editAnswer } from '../../src/providers/editing/edit-answer.ts';
import { shapeOf } from '../../src/providers/editing/shapes.ts';
import { readCall } from '../../src/providers/read-call.ts';
import type { Answer, Exchange } from '../../src/wire/exchange.ts';
import type { Json } from '../../src/wire/json.ts';
import { anExchange } from './an-exchange.ts';

const script = checkScript({
  turns: [
    {
      match: { user: 'talk' },
      answer: { text: 'All of it is done, and the parcel of Monday is on its way.' },
    },
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
const declarations = ['refund', 'track'].map(name => ({
  name,
  parameters: { type: 'object', properties: {} },
}));
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
  tools: declarations.map(({ name, parameters }) => ({ name, input_schema: parameters })),
});
const generate = (words: string): object => ({
  contents: [{ role: 'user', parts: [{ text: words }] }],
  tools: [{ functionDeclarations: declarations }],
});
const converse = (words: string): object => ({
  messages: [{ role: 'user', content: [{ text: words }] }],
  toolConfig: {
    tools: declarations.map(({ name, parameters }) => ({
      toolSpec: { name, inputSchema: { json: parameters } },
    })),
  },
});
const stream = (body: (words: string) => object) => (words: string) => ({ ...body(words), stream: true });
const claude = '/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse';
const gemini = '/v1beta/models/gemini-2.5-flash:';

const FORMS: readonly (readonly [DialectId, host: string, path: string, (words: string) => object])[] = [
  ['openai-chat', 'api.openai.com', '/v1/chat/completions', chat],
  ['openai-chat', 'api.openai.com', '/v1/chat/completions', stream(chat)],
  ['openai-responses', 'api.openai.com', '/v1/responses', responses],
  ['openai-responses', 'api.openai.com', '/v1/responses', stream(responses)],
  ['anthropic-messages', 'api.anthropic.com', '/v1/messages', messages],
  ['anthropic-messages', 'api.anthropic.com', '/v1/messages', stream(messages)],
  ['gemini-generate', 'generativelanguage.googleapis.com', `${gemini}generateContent`, generate],
  [
    'gemini-generate',
    'generativelanguage.googleapis.com',
    `${gemini}streamGenerateContent?alt=sse`,
    generate,
  ],
  ['gemini-generate', 'generativelanguage.googleapis.com', `${gemini}streamGenerateContent`, generate],
  ['bedrock-converse', 'bedrock-runtime.us-east-1.amazonaws.com', claude, converse],
  ['bedrock-converse', 'bedrock-runtime.us-east-1.amazonaws.com', `${claude}-stream`, converse],
];

test('text, finish reason and tool calls are edited in every form of answer', async t => {
  const emulator = await startEmulator({ script });
  t.after(() => emulator.close());
  for (const [dialect, host, path, body] of FORMS) {
    const form = `${dialect} ${path.slice(-24)} ${'stream' in body('')}`;
    const talk = await ask(emulator.url, host, path, body('talk'));
    const said = (exchange: Exchange): { text: string; calls: Json; finish: string | null } => {
      const call = readCall(exchange)!;
      assert.deepEqual([call.dialect, call.error, call.problems], [dialect, null, []], form);
      const { parts } = call.output;
      return {
        text: parts.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('|'),
        calls: parts.flatMap(part =>
          part.type === 'tool_call' ? [[part.call.name, part.call.argumentsText.replaceAll(' ', '')]] : [],
        ),
        finish: call.finishReason,
      };
    };
    const edited = (exchange: Exchange, place: Parameters<typeof editAnswer>[1], value: Json) => ({
      ...exchange,
      answer: editAnswer(exchange, place, value),
    });
    const before = said(talk);

    for (const text of [
      'No 👋 "refund"\nfor you, and \u00e9 lot more words than there were before it was edited.',
      'No.',
      '',
    ]) {
      const told = edited(talk, { kind: 'text' }, text);
      assert.deepEqual(said(told), { ...before, text }, form);
      if (text.length > 50 && talk.answer.chunks.length > 1) assert.ok(told.answer.chunks.length > 3, form);
    }
    const { finish } = shapeOf(dialect, null)!;
    const cut = said(edited(talk, { kind: 'finish-reason' }, finish.length));
    assert.deepEqual(
      cut,
      { ...before, finish: dialect === 'openai-responses' ? 'max_output_tokens' : finish.length },
      form,
    );

    const act = await ask(emulator.url, host, path, body('act'));
    const both = said(act);
    const order = edited(act, { kind: 'tool-arguments', call: 0, path: ['order'] }, 'B-99');
    assert.deepEqual(
      said(order).calls,
      [
        ['refund', '{"order":"B-99","amount":40}'],
        ['track', '{"parcel":"P-88"}'],
      ],
      form,
    );
    assert.equal(said(order).finish, both.finish, form);
    const name = edited(order, { kind: 'tool-name', call: 1 }, 'trace');
    assert.deepEqual(
      said(name).calls,
      [
        ['refund', '{"order":"B-99","amount":40}'],
        ['trace', '{"parcel":"P-88"}'],
      ],
      form,
    );
    const none = said(edited(act, { kind: 'no-tool-calls' }, []));
    assert.deepEqual([none.calls, none.text], [[], ''], form);
    assert.equal(none.finish, before.finish, form);

    // Text that is no JSON goes where the vendor sends text.
    const broken = (): Exchange => edited(act, { kind: 'tool-arguments', call: 1, path: [] }, '{"parcel":');
    const takesText =
      /^openai/.test(dialect) || (/^(anthropic|bedrock)/.test(dialect) && talk.answer.chunks.length > 1);
    if (takesText) assert.deepEqual((said(broken()).calls as string[][])[1], ['track', '{"parcel":'], form);
    else if (!/stream/i.test(path) && !('stream' in body(''))) assert.throws(broken, /JSON object/, form);
    assert.throws(() => edited(act, { kind: 'text' }, 'x'), /only tool calls/, form);
  }
});

test('a stream that finishes in the piece of its last words or calls still finishes', () => {
  const chunk = (delta: object, finish: string | null): string =>
    `data: ${JSON.stringify({ id: 'c1', model: 'm-1', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
  const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'track', arguments: '{}' } };
  const stream = [
    chunk({ role: 'assistant', content: '' }, null),
    chunk({ content: '', tool_calls: [call] }, null),
    chunk({ content: '', tool_calls: [{ ...call, index: 1, id: 'call_2' }] }, 'tool_calls'),
    'data: [DONE]\n\n',
  ];
  const exchange = anExchange(
    { url: 'https://api.openai.com/v1/chat/completions', body: { ...chat('act'), stream: true } },
    {
      head: { status: 200, reason: 'OK', headers: [['content-type', 'text/event-stream']] },
      body: stream.join(''),
    },
  );
  const none = { ...exchange, answer: editAnswer(exchange, { kind: 'no-tool-calls' }, null) };
  const told = readCall({ ...none, answer: editAnswer(none, { kind: 'text' }, 'No calls.') })!;
  assert.deepEqual([told.output.parts, told.finishReason], [[{ type: 'text', text: 'No calls.' }], 'stop']);
});

async function ask(url: string, host: string, path: string, body: object): Promise<Exchange> {
  const bytes = Buffer.from(JSON.stringify(body));
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: 'Bearer k',
      'x-api-key': 'k',
      'x-goog-api-key': 'k',
    },
    body: bytes,
  });
  const chunks: Answer['chunks'][number][] = [];
  for await (const piece of response.body!) chunks.push({ at: 0, bytes: piece });
  return {
    seq: 0,
    at: 0,
    request: {
      method: 'POST',
      scheme: 'https',
      host,
      path,
      httpVersion: '1.1',
      headers: [['content-type', 'application/json']],
      body: bytes,
    },
    answer: {
      head: {
        status: response.status,
        reason: '',
        headers: [...response.headers].filter(([name]) => name !== 'content-encoding'),
      },
      headAt: 0,
      chunks,
      end: { kind: 'complete', at: 0, trailers: [] },
    },
  };
}
