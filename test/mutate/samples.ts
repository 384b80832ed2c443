/** Short recorded answers in the vendors' form, for docs/operators.md and for tests of single operators. */
import type { Target } from '../../src/mutate/operator.ts';
import { editableAnswer } from '../../src/providers/editing/editable-answer.ts';
import { shapeOf } from '../../src/providers/editing/shapes.ts';
import { readCall } from '../../src/providers/read-call.ts';
import type { Exchange } from '../../src/wire/exchange.ts';

export interface Sample {
  readonly what: string;
  readonly exchange: Exchange;
  readonly target: Target;
}

const parameters = {
  type: 'object',
  properties: { order: { type: 'string' }, amount: { type: 'number' } },
  required: ['order', 'amount'],
};
const tools = ['refund', 'notify'].map(name => ({
  type: 'function',
  function: { name, description: `${name}s`, parameters },
}));
const user = { role: 'user', content: 'Refund order A-17.' };

const sse = (values: readonly (object | string)[]): string =>
  values.map(value => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`).join('');
const delta = (part: object, finish: string | null = null): object => ({
  id: 'chatcmpl-B1',
  object: 'chat.completion.chunk',
  created: 1760000000,
  model: 'gpt-4.1-mini',
  choices: [{ index: 0, delta: part, finish_reason: finish }],
});
const piece = (index: number, id: string | null, name: string, text: string): object =>
  delta({
    tool_calls: [
      {
        index,
        ...(id === null ? {} : { id, type: 'function' }),
        function: id === null ? { arguments: text } : { name, arguments: text },
      },
    ],
  });

const textStream = sse([
  delta({ role: 'assistant', content: '' }),
  delta({ content: '40 euros for ' }),
  delta({ content: 'order A-17 are ' }),
  delta({ content: 'on their way.' }),
  delta({}, 'stop'),
  '[DONE]',
]);
const callStream = sse([
  delta({ role: 'assistant', content: null }),
  piece(0, 'call_R1', 'refund', ''),
  piece(0, null, '', '{"order": "A-17", '),
  piece(0, null, '', '"amount": 40}'),
  piece(1, 'call_N2', 'notify', ''),
  piece(1, null, '', '{"order": "A-17", '),
  piece(1, null, '', '"amount": 40}'),
  delta({}, 'tool_calls'),
  '[DONE]',
]);
const completion = (message: object, finish: string): string =>
  JSON.stringify({
    id: 'chatcmpl-B2',
    object: 'chat.completion',
    created: 1760000000,
    model: 'gpt-4.1-mini',
    choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
    usage: { prompt_tokens: 60, completion_tokens: 12, total_tokens: 72 },
  });

function exchange(
  seq: number,
  at: number,
  request: {
    readonly method?: string;
    readonly host: string;
    readonly path: string;
    readonly body?: unknown;
  },
  type: string,
  text: string,
): Exchange {
  const body = Buffer.from(request.body === undefined ? '' : JSON.stringify(request.body));
  return {
    seq,
    at,
    request: {
      method: request.method ?? 'POST',
      scheme: 'https',
      host: request.host,
      path: request.path,
      httpVersion: '1.1',
      headers: [['content-type', 'application/json']],
      body,
    },
    answer: {
      head: { status: 200, reason: 'OK', headers: [['content-type', type]] },
      headAt: 10,
      chunks: [{ at: 20, bytes: Buffer.from(text) }],
      end: { kind: 'complete', at: 20, trailers: [] },
    },
  };
}

const chat = (
  seq: number,
  messages: readonly object[],
  stream: boolean,
  type: string,
  text: string,
): Exchange =>
  exchange(
    seq,
    seq * 100,
    {
      host: 'api.openai.com',
      path: '/v1/chat/completions',
      body: { model: 'gpt-4.1-mini', messages, tools, ...(stream ? { stream } : {}) },
    },
    type,
    text,
  );

const asked = {
  role: 'assistant',
  tool_calls: [
    {
      id: 'call_R1',
      type: 'function',
      function: { name: 'refund', arguments: '{"order": "A-17", "amount": 40}' },
    },
  ],
};
const result = { role: 'tool', tool_call_id: 'call_R1', content: '{"refunded": 40}' };

const calling = chat(0, [user], true, 'text/event-stream', callStream);
const talking = chat(1, [user, asked, result], true, 'text/event-stream', textStream);
const json = chat(
  2,
  [user],
  false,
  'application/json',
  completion({ content: '{"order": "A-17", "amount": 40}' }, 'stop'),
);

const shop = (
  seq: number,
  at: number,
  method: string,
  path: string,
  body: unknown,
  answer: unknown,
): Exchange =>
  exchange(
    seq,
    at,
    { method, host: 'shop.example', path, ...(body === undefined ? {} : { body }) },
    'application/json',
    JSON.stringify(answer),
  );
const orders = [
  shop(3, 300, 'GET', '/orders/A-16', undefined, { id: 'A-16', paid: 25, status: 'shipped' }),
  shop(4, 300, 'GET', '/orders/A-17', undefined, { id: 'A-17', paid: 40, status: 'shipped' }),
];
const refund = shop(
  5,
  500,
  'POST',
  '/refunds',
  { order: 'A-17', amount: 40 },
  { id: 'R-1', order: 'A-17', amount: 40 },
);
const mcp = exchange(
  6,
  600,
  {
    host: 'mcp.example',
    path: '/mcp',
    body: {
      jsonrpc: '2.0',
      id: 3,
      method: 'tools/call',
      params: { name: 'find_order', arguments: { order: 'A-17' } },
    },
  },
  'text/event-stream',
  `event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', id: 3, result: { content: [{ type: 'text', text: '{"id": "A-17", "paid": 40}' }] } })}\n\n`,
);

function targetOf(of: Exchange, previous: Target | null = null, siblings: readonly Exchange[] = []): Target {
  const call = readCall(of);
  const body = editableAnswer(of.answer);
  return {
    exchange: of,
    call,
    shape: call && shapeOf(call.dialect, body),
    body,
    earlier: siblings.filter(({ seq }) => seq < of.seq).map(({ answer }) => answer),
    siblings,
    previous,
  };
}

const sample = (
  what: string,
  of: Exchange,
  previous: Target | null = null,
  siblings: readonly Exchange[] = [],
): Sample => ({
  what,
  exchange: of,
  target: targetOf(of, previous, siblings),
});

export const SAMPLES: readonly Sample[] = [
  sample('OpenAI chat, streamed text', talking, targetOf(calling)),
  sample('OpenAI chat, streamed tool calls', calling),
  sample('OpenAI chat, JSON that was asked for', json),
  sample('GET of a service', orders[1]!, null, [orders[0]!]),
  sample('GET of a service', orders[0]!, null, [orders[1]!]),
  sample('POST to a service', refund),
  sample('MCP tools/call', mcp),
];
