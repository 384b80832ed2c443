import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call, Part } from '../../src/providers/call.ts';
import { readCall } from '../../src/providers/read-call.ts';
import { encodeEventStreamMessage } from '../../src/wire/event-stream.ts';
import { anExchange, REQUESTS, type Sent } from './an-exchange.ts';

const sse = (...values: unknown[]): string =>
  values.map(value => `data: ${JSON.stringify(value)}\n\n`).join('');
const typed = (...values: { type: string }[]): string =>
  values.map(value => `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`).join('');
const frames = (...events: [string, unknown][]): Uint8Array =>
  Buffer.concat(
    events.map(([name, value]) =>
      encodeEventStreamMessage({
        headers: [
          [':event-type', { type: 'string', value: name }],
          [':message-type', { type: 'string', value: 'event' }],
        ],
        payload: Buffer.from(JSON.stringify(value)),
      }),
    ),
  );

function read(sent: Sent, body: string | Uint8Array): Call {
  const call = readCall(anExchange(sent, { body }));
  assert.ok(call);
  return call;
}

function calls(parts: readonly Part[]): unknown[] {
  return parts.flatMap(part =>
    part.type === 'tool_call' ? [[part.call.id, part.call.name, part.call.arguments]] : [],
  );
}

const chunk = (delta: unknown, more: object = {}): unknown => ({
  id: 'chatcmpl-1',
  model: 'gpt-x-1',
  choices: [{ index: 0, delta, finish_reason: null }],
  ...more,
});
const toolDelta = (
  index: number | undefined,
  id: string | undefined,
  name: string | undefined,
  args: string,
): unknown =>
  chunk({
    tool_calls: [
      {
        ...(index === undefined ? {} : { index }),
        ...(id ? { id } : {}),
        function: { ...(name ? { name } : {}), arguments: args },
      },
    ],
  });

test('OpenAI: text, interleaved parallel tool calls, usage in a chunk without choices', () => {
  const call = read(
    REQUESTS['openai-chat'],
    `${sse(
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: 'Let me ' }),
      chunk({ content: 'see.' }),
      toolDelta(0, 'a', 'one', ''),
      toolDelta(1, 'b', 'two', '{"y"'),
      toolDelta(0, undefined, undefined, '{"x":1}'),
      toolDelta(1, undefined, undefined, ':2}'),
      { choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] },
      {
        choices: [],
        usage: {
          prompt_tokens: 10,
          completion_tokens: 5,
          prompt_tokens_details: { cached_tokens: 4 },
          completion_tokens_details: { reasoning_tokens: 3 },
        },
      },
    )}data: [DONE]\n\n`,
  );
  assert.deepEqual(call.output.parts[0], { type: 'text', text: 'Let me see.' });
  assert.deepEqual(calls(call.output.parts), [
    ['a', 'one', { x: 1 }],
    ['b', 'two', { y: 2 }],
  ]);
  assert.deepEqual(call.usage, { input: 10, output: 5, cachedInput: 4, cacheWrite: 0, reasoning: 3 });
  assert.deepEqual(
    [call.finishReason, call.responseModel, call.responseId, call.error],
    ['tool_calls', 'gpt-x-1', 'chatcmpl-1', null],
  );
});

test('OpenAI-likes: tool calls without an index, or all with index 0, stay apart', () => {
  for (const index of [undefined, 0]) {
    const call = read(
      REQUESTS['openai-chat'],
      sse(toolDelta(index, 'a', 'one', '{"x":1}'), toolDelta(index, 'b', 'one', '{"x":2}')),
    );
    assert.deepEqual(calls(call.output.parts), [
      ['a', 'one', { x: 1 }],
      ['b', 'one', { x: 2 }],
    ]);
  }
  const repeated = read(
    REQUESTS['openai-chat'],
    sse(toolDelta(0, 'a', 'one', '{"x"'), toolDelta(0, 'a', 'one', ':1}')),
  );
  assert.deepEqual(calls(repeated.output.parts), [['a', 'one', { x: 1 }]], 'id and name in each chunk');
});

test('OpenAI-likes: reasoning fields, content parts, x_groq usage, cache-hit tokens, prices', () => {
  const deepseek = read(
    REQUESTS['openai-chat'],
    sse(
      chunk({ reasoning_content: 'Hm' }),
      chunk({ reasoning_content: 'm.' }),
      chunk({ content: 'Hi' }),
      chunk({}, { usage: { prompt_tokens: 9, completion_tokens: 2, prompt_cache_hit_tokens: 8 } }),
    ),
  );
  assert.deepEqual(deepseek.output.parts, [
    { type: 'reasoning', text: 'Hmm.' },
    { type: 'text', text: 'Hi' },
  ]);
  assert.equal(deepseek.usage?.cachedInput, 8);
  const mistral = read(
    REQUESTS['openai-chat'],
    sse(
      chunk({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] }] }),
      chunk({ content: 'Hi' }),
    ),
  );
  assert.deepEqual(mistral.output.parts, [
    { type: 'reasoning', text: 'Hm' },
    { type: 'text', text: 'Hi' },
  ]);
  const groq = read(
    REQUESTS['openai-chat'],
    sse(
      chunk({ content: 'Hi' }),
      chunk({}, { x_groq: { usage: { prompt_tokens: 3, completion_tokens: 1 } } }),
    ),
  );
  assert.equal(groq.usage?.input, 3);
  const xai = read(
    REQUESTS['openai-chat'],
    sse(
      chunk(
        {},
        {
          usage: {
            prompt_tokens: 3,
            completion_tokens: 1,
            total_tokens: 9,
            completion_tokens_details: { reasoning_tokens: 5 },
          },
        },
      ),
    ),
  );
  assert.equal(xai.usage?.output, 6, 'reasoning that stands beside the completion');
  const google = read(
    REQUESTS['openai-chat'],
    JSON.stringify({ choices: [], usage: { prompt_tokens: 35, completion_tokens: 12, total_tokens: 109 } }),
  );
  assert.deepEqual(
    [google.usage?.output, google.usage?.reasoning],
    [74, 62],
    'thoughts that only the total shows',
  );
  const openrouter = read(
    REQUESTS['openai-chat'],
    JSON.stringify({
      choices: [{ message: { reasoning: 'Hm', content: 'Hi' } }],
      usage: { prompt_tokens: 1, completion_tokens: 1, cost: 0.0042 },
    }),
  );
  assert.equal(openrouter.usage?.billedUsd, 0.0042);
});

test('OpenAI: further choices are alternatives, in order', () => {
  const choice = (index: number, content: string): object => ({
    index,
    delta: { content },
    finish_reason: 'stop',
  });
  const call = read(
    REQUESTS['openai-chat'],
    sse({ choices: [choice(1, 'b')] }, { choices: [choice(0, 'a')] }, { choices: [choice(1, 'c')] }),
  );
  assert.deepEqual(call.output, {
    parts: [{ type: 'text', text: 'a' }],
    alternatives: [[{ type: 'text', text: 'bc' }]],
  });
});

test('Anthropic: blocks by index, thinking, tool input in pieces, cached tokens counted in', () => {
  const call = read(
    {
      ...REQUESTS['anthropic-messages'],
      body: { ...(REQUESTS['anthropic-messages'].body as object), stream: true },
    },
    typed(
      {
        type: 'message_start',
        message: {
          id: 'msg_1',
          model: 'claude-x',
          usage: {
            input_tokens: 10,
            cache_read_input_tokens: 100,
            cache_creation_input_tokens: 20,
            output_tokens: 1,
          },
        },
      } as never,
      { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '' } } as never,
      { type: 'ping' },
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Hm' } } as never,
      { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 's' } } as never,
      { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } } as never,
      { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'Hi' } } as never,
      {
        type: 'content_block_start',
        index: 2,
        content_block: { type: 'tool_use', id: 't1', name: 'go', input: {} },
      } as never,
      {
        type: 'content_block_delta',
        index: 2,
        delta: { type: 'input_json_delta', partial_json: '{"x"' },
      } as never,
      {
        type: 'content_block_delta',
        index: 2,
        delta: { type: 'input_json_delta', partial_json: ':1}' },
      } as never,
      {
        type: 'content_block_start',
        index: 3,
        content_block: { type: 'tool_use', id: 't2', name: 'stop', input: {} },
      } as never,
      { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 42 } } as never,
      { type: 'message_stop' },
    ),
  );
  assert.deepEqual(call.output.parts.slice(0, 2), [
    { type: 'reasoning', text: 'Hm' },
    { type: 'text', text: 'Hi' },
  ]);
  assert.deepEqual(calls(call.output.parts), [
    ['t1', 'go', { x: 1 }],
    ['t2', 'stop', {}],
  ]);
  assert.deepEqual(call.usage, { input: 130, output: 42, cachedInput: 100, cacheWrite: 20, reasoning: 0 });
  assert.equal(call.finishReason, 'tool_use');
});

test('Gemini: a stream as SSE, as a JSON array, and as an array that was cut, all alike', () => {
  const pieces = [
    { candidates: [{ content: { parts: [{ text: 'Thin', thought: true }] } }] },
    { candidates: [{ content: { parts: [{ text: 'king', thought: true }, { text: 'H' }] } }] },
    {
      candidates: [{ content: { parts: [{ text: 'i' }, { functionCall: { name: 'go', args: { x: 1 } } }] } }],
    },
    {
      candidates: [{ content: { parts: [] }, finishReason: 'STOP' }],
      usageMetadata: {
        promptTokenCount: 7,
        candidatesTokenCount: 3,
        thoughtsTokenCount: 5,
        cachedContentTokenCount: 2,
        totalTokenCount: 15,
      },
      modelVersion: 'gemini-x',
      responseId: 'r1',
    },
  ];
  const url = (REQUESTS['gemini-generate'].url as string).replace('generateContent', 'streamGenerateContent');
  const array = JSON.stringify(pieces, null, 2);
  for (const body of [sse(...pieces), array, `${array.slice(0, -1)},\r\n{"candidates": [`]) {
    const call = read({ ...REQUESTS['gemini-generate'], url }, body);
    assert.equal(call.stream, true);
    assert.deepEqual(call.output.parts.slice(0, 2), [
      { type: 'reasoning', text: 'Thinking' },
      { type: 'text', text: 'Hi' },
    ]);
    assert.deepEqual(calls(call.output.parts), [[null, 'go', { x: 1 }]]);
    assert.deepEqual(call.usage, { input: 7, output: 8, cachedInput: 2, cacheWrite: 0, reasoning: 5 });
    assert.deepEqual([call.finishReason, call.responseModel, call.responseId], ['STOP', 'gemini-x', 'r1']);
    assert.deepEqual(call.problems, body.endsWith('[') ? ['a JSON array cut before its end'] : []);
  }
});

test('Responses: the last snapshot, or the items where it is empty, or the deltas where it is cut', () => {
  const message = {
    type: 'message',
    id: 'm',
    role: 'assistant',
    content: [{ type: 'output_text', text: 'Hi there' }],
  };
  const tool = { type: 'function_call', call_id: 'c1', name: 'go', arguments: '{"x":1}' };
  const usage = {
    input_tokens: 5,
    output_tokens: 4,
    input_tokens_details: { cached_tokens: 1 },
    output_tokens_details: { reasoning_tokens: 2 },
  };
  const head = [
    {
      type: 'response.created',
      response: { id: 'resp_1', model: 'gpt-x', status: 'in_progress', output: [] },
    },
    { type: 'response.output_item.added', output_index: 0, item: { ...message, content: [] } },
    { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'Hi ' },
    { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'there' },
    { type: 'response.output_item.added', output_index: 1, item: { ...tool, arguments: '' } },
    { type: 'response.function_call_arguments.delta', output_index: 1, delta: '{"x":1}' },
  ];
  const done = [
    { type: 'response.output_item.done', output_index: 0, item: message },
    { type: 'response.output_item.done', output_index: 1, item: tool },
  ];
  const completed = (output: unknown[]): { type: string } =>
    ({
      type: 'response.completed',
      response: { id: 'resp_1', model: 'gpt-x', status: 'completed', output, usage },
    }) as never;
  for (const end of [[...done, completed([message, tool])], [...done, completed([])], []]) {
    const call = read(REQUESTS['openai-responses'], typed(...head, ...end));
    assert.deepEqual(call.output.parts[0], { type: 'text', text: 'Hi there' });
    assert.deepEqual(calls(call.output.parts), [['c1', 'go', { x: 1 }]]);
    assert.equal(call.finishReason, end.length > 0 ? 'completed' : null);
    assert.deepEqual(
      call.usage,
      end.length > 0 ? { input: 5, output: 4, cachedInput: 1, cacheWrite: 0, reasoning: 2 } : null,
    );
  }
  const incomplete = read(
    REQUESTS['openai-responses'],
    typed({
      type: 'response.incomplete',
      response: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' }, output: [] },
    } as never),
  );
  assert.equal(incomplete.finishReason, 'max_output_tokens');
  const failed = read(
    REQUESTS['openai-responses'],
    typed({
      type: 'response.failed',
      response: { status: 'failed', error: { code: 'server_error', message: 'Sorry' }, output: [] },
    } as never),
  );
  assert.deepEqual(failed.error, { status: 200, type: 'server_error', message: 'Sorry' });
});

test('Bedrock: an event stream that a recorder kept as base64 is the same stream', () => {
  const stream = frames(
    ['messageStart', { role: 'assistant' }],
    ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Hi' } }],
    ['messageStop', { stopReason: 'end_turn' }],
  );
  const sent = { ...REQUESTS['bedrock-converse'], url: `${REQUESTS['bedrock-converse'].url}-stream` };
  const asText = readCall(
    anExchange(sent, {
      body: Buffer.from(stream).toString('base64'),
      head: {
        status: 200,
        reason: '',
        headers: [['content-type', 'application/vnd.amazon.eventstream']],
      },
    }),
  );
  assert.deepEqual(asText?.output, read(sent, stream).output);
  assert.equal(asText?.finishReason, 'end_turn');
});

test('Bedrock: converse events, and an Anthropic stream wrapped in invoke events', () => {
  const converse = read(
    { ...REQUESTS['bedrock-converse'], url: `${REQUESTS['bedrock-converse'].url}-stream` },
    frames(
      ['messageStart', { role: 'assistant' }],
      ['contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { text: 'Hm' } } }],
      ['contentBlockDelta', { contentBlockIndex: 1, delta: { text: 'Hi' } }],
      ['contentBlockStart', { contentBlockIndex: 2, start: { toolUse: { toolUseId: 't', name: 'go' } } }],
      ['contentBlockDelta', { contentBlockIndex: 2, delta: { toolUse: { input: '{"x":' } } }],
      ['contentBlockDelta', { contentBlockIndex: 2, delta: { toolUse: { input: '1}' } } }],
      ['messageStop', { stopReason: 'tool_use' }],
      [
        'metadata',
        { usage: { inputTokens: 3, outputTokens: 2, cacheReadInputTokens: 10, cacheWriteInputTokens: 5 } },
      ],
    ),
  );
  assert.deepEqual(converse.output.parts.slice(0, 2), [
    { type: 'reasoning', text: 'Hm' },
    { type: 'text', text: 'Hi' },
  ]);
  assert.deepEqual(calls(converse.output.parts), [['t', 'go', { x: 1 }]]);
  assert.deepEqual(converse.usage, { input: 18, output: 2, cachedInput: 10, cacheWrite: 5, reasoning: 0 });
  assert.deepEqual(
    [converse.requestModel, converse.stream, converse.finishReason],
    ['m-1', true, 'tool_use'],
  );

  const wrap = (value: unknown): [string, unknown] => [
    'chunk',
    { bytes: Buffer.from(JSON.stringify(value)).toString('base64') },
  ];
  const invoke = read(
    { ...REQUESTS['bedrock-invoke'], url: `${REQUESTS['bedrock-invoke'].url}-with-response-stream` },
    frames(
      wrap({
        type: 'message_start',
        message: { id: 'm', model: 'claude-x', usage: { input_tokens: 3, output_tokens: 1 } },
      }),
      wrap({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
      wrap({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } }),
      wrap({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } }),
    ),
  );
  assert.deepEqual(
    [invoke.output.parts, invoke.finishReason, invoke.usage?.output],
    [[{ type: 'text', text: 'Hi' }], 'end_turn', 2],
  );
});

test('Ollama: lines, thinking, whole tool calls, counts at the end; no stream flag means a stream', () => {
  const line = (message: unknown, more: object = {}): string =>
    `${JSON.stringify({ model: 'q', message, done: false, ...more })}\n`;
  const call = read(
    REQUESTS['ollama-chat'],
    line({ thinking: 'Hm' }) +
      line({ content: 'H' }) +
      line({ content: 'i' }) +
      line({ content: '', tool_calls: [{ function: { name: 'go', arguments: { x: 1 } } }] }) +
      line({ content: '' }, { done: true, done_reason: 'stop', prompt_eval_count: 4, eval_count: 2 }),
  );
  assert.equal(call.stream, true);
  assert.deepEqual(call.output.parts.slice(0, 2), [
    { type: 'reasoning', text: 'Hm' },
    { type: 'text', text: 'Hi' },
  ]);
  assert.deepEqual(calls(call.output.parts), [[null, 'go', { x: 1 }]]);
  assert.deepEqual(
    [call.usage?.input, call.usage?.output, call.finishReason, call.provider],
    [4, 2, 'stop', 'ollama'],
  );
});

test('Cohere v2: plan, text and tool calls by index', () => {
  const call = read(
    REQUESTS['cohere-chat'],
    typed(
      { type: 'message-start', id: 'i', delta: { message: { role: 'assistant' } } } as never,
      { type: 'tool-plan-delta', delta: { message: { tool_plan: 'I will ' } } } as never,
      { type: 'tool-plan-delta', delta: { message: { tool_plan: 'look.' } } } as never,
      {
        type: 'tool-call-start',
        index: 0,
        delta: { message: { tool_calls: { id: 'a', function: { name: 'go', arguments: '' } } } },
      } as never,
      {
        type: 'tool-call-delta',
        index: 0,
        delta: { message: { tool_calls: { function: { arguments: '{"x":1}' } } } },
      } as never,
      {
        type: 'message-end',
        delta: { finish_reason: 'TOOL_CALL', usage: { tokens: { input_tokens: 9, output_tokens: 3 } } },
      } as never,
    ),
  );
  assert.deepEqual(call.output.parts[0], { type: 'reasoning', text: 'I will look.' });
  assert.deepEqual(calls(call.output.parts), [['a', 'go', { x: 1 }]]);
  assert.deepEqual([call.usage?.input, call.finishReason, call.responseId], [9, 'TOOL_CALL', 'i']);
});
