import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import OpenAI, { AuthenticationError, NotFoundError } from 'openai';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.ts';
import { weatherScript } from './weather-script.ts';

let emulator: Emulator;
let openai: OpenAI;

before(async () => {
  emulator = await startEmulator({ script: weatherScript });
  openai = new OpenAI({ apiKey: 'sk-test', baseURL: `${emulator.url}/v1`, maxRetries: 0 });
});
after(() => emulator.close());

const WEATHER = { role: 'user', content: 'What is the weather in Oslo?' } as const;

test('chat: parallel tool calls, then an answer made of their results', async () => {
  const first = await openai.chat.completions.create({ model: 'gpt-4o-mini', messages: [WEATHER] });
  const message = first.choices[0]!.message;
  assert.equal(first.model, 'gpt-4o-mini-2024-07-18');
  assert.match(first.id, /^chatcmpl-[A-Za-z0-9]{29}$/);
  assert.equal(first.choices[0]!.finish_reason, 'tool_calls');
  assert.equal(message.content, 'Let me look.');
  const calls = message.tool_calls!.filter(call => call.type === 'function');
  assert.deepEqual(
    calls.map(call => [call.function.name, JSON.parse(call.function.arguments)]),
    [
      ['get_weather', { city: 'Oslo', days: 2 }],
      ['get_time', { zone: 'Europe/Oslo' }],
    ],
  );
  const results = [JSON.stringify({ degrees: -3 }), 'half past nine'];
  const second = await openai.chat.completions.create({
    model: 'gpt-4o-mini',
    messages: [
      WEATHER,
      message,
      ...calls.map((call, index) => ({
        role: 'tool' as const,
        tool_call_id: call.id,
        content: results[index]!,
      })),
    ],
  });
  assert.equal(second.choices[0]!.message.content, 'Oslo: -3 degrees, half past nine.');
  assert.ok(second.usage!.prompt_tokens > first.usage!.prompt_tokens);
});

test('chat: a stream says the same as the whole answer, with usage where asked', async () => {
  const body = { model: 'gpt-4o', messages: [WEATHER] };
  const whole = await openai.chat.completions.create(body);
  const stream = openai.chat.completions.stream({ ...body, stream_options: { include_usage: true } });
  const streamed = await stream.finalChatCompletion();
  const said = (completion: OpenAI.ChatCompletion) => ({
    content: completion.choices[0]!.message.content,
    calls: completion.choices[0]!.message.tool_calls!.map(call => 'function' in call && call.function),
    finish: completion.choices[0]!.finish_reason,
    usage: completion.usage,
    fingerprint: completion.system_fingerprint,
  });
  assert.deepEqual(said(streamed), said(whole));
});

test('chat: refusal, token limit, several choices, structured answers', async () => {
  const ask = (content: string, more: object = {}) =>
    openai.chat.completions.create({
      model: 'gpt-4o',
      messages: [{ role: 'user', content }],
      stream: false,
      ...more,
    });
  assert.equal((await ask('pick a lock')).choices[0]!.message.refusal, 'I cannot help with that.');
  assert.equal((await ask('a long one')).choices[0]!.finish_reason, 'length');
  const limited = await ask('one two three four five', { max_completion_tokens: 3 });
  assert.equal(limited.choices[0]!.message.content, 'You said:');
  assert.equal(limited.choices[0]!.finish_reason, 'length');
  assert.equal((await ask('hello', { n: 3 })).choices.length, 3);
  const schema = { type: 'object', properties: { city: { type: 'string' }, sizes: { type: 'array' } } };
  const format = { type: 'json_schema', json_schema: { name: 'place', schema } };
  const structured = await ask('hello', { response_format: format });
  assert.deepEqual(Object.keys(JSON.parse(structured.choices[0]!.message.content!)), ['city', 'sizes']);
});

test('responses: whole and streamed, tools, reasoning, a named previous response', async () => {
  const first = await openai.responses.create({ model: 'gpt-5', input: 'What is the weather in Oslo?' });
  assert.equal(first.model, 'gpt-5-2025-08-07');
  const calls = first.output.filter(item => item.type === 'function_call');
  assert.deepEqual(
    calls.map(call => call.name),
    ['get_weather', 'get_time'],
  );
  const second = await openai.responses.create({
    model: 'gpt-5',
    previous_response_id: first.id,
    input: calls.map((call, index) => ({
      type: 'function_call_output' as const,
      call_id: call.call_id,
      output: index === 0 ? '{"degrees":4}' : 'noon',
    })),
  });
  assert.equal(second.output_text, 'Oslo: 4 degrees, noon.');

  const types: string[] = [];
  const stream = openai.responses.stream({ model: 'gpt-5', input: 'think: six times seven?' });
  for await (const event of stream) types.push(event.type);
  const final = await stream.finalResponse();
  assert.equal(final.output_text, 'It is 42.');
  assert.equal(final.usage!.output_tokens_details.reasoning_tokens, 4);
  assert.deepEqual(
    types.filter((type, index) => type !== types[index - 1]),
    [
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.reasoning_summary_part.added',
      'response.reasoning_summary_text.delta',
      'response.reasoning_summary_text.done',
      'response.reasoning_summary_part.done',
      'response.output_item.done',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ],
  );
});

test('embeddings: texts with common words are near each other', async () => {
  const { data, usage } = await openai.embeddings.create({
    model: 'text-embedding-3-small',
    input: ['The refund takes five days.', 'How long does a refund take?', 'Our office is in Lisbon.'],
  });
  const [refund, question, office] = data.map(each => each.embedding);
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  assert.equal(refund!.length, 1536);
  assert.ok(Math.abs(dot(refund!, refund!) - 1) < 1e-5);
  assert.ok(dot(refund!, question!) > dot(office!, question!));
  assert.ok(usage.prompt_tokens > 10);
});

test('the same request gets the same answer from emulators of the same seed, and new ids when repeated', async () => {
  const ask = async (client: OpenAI) =>
    (await client.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content: 'seed' }] }))
      .id;
  const here = [await ask(openai), await ask(openai)];
  const other = await startEmulator({ script: weatherScript });
  const there = new OpenAI({ apiKey: 'sk-test', baseURL: `${other.url}/v1` });
  assert.deepEqual([await ask(there), await ask(there)], here);
  assert.notEqual(here[0], here[1]);
  await other.close();
});

test('models are listed', async () => {
  const models = await openai.models.list();
  assert.ok(models.data.some(model => model.id === 'gpt-4o'));
});

test('a wrong key, an unknown path and an unknown previous response are refused in the vendor’s words', async () => {
  const wrong = new OpenAI({ apiKey: 'sk-invalid-0123456789', baseURL: `${emulator.url}/v1`, maxRetries: 0 });
  await assert.rejects(wrong.models.list(), (error: unknown) => {
    assert.ok(error instanceof AuthenticationError);
    assert.equal(error.code, 'invalid_api_key');
    assert.match(error.requestID ?? '', /^req_/);
    return true;
  });
  await assert.rejects(openai.get('/nothing/here'), NotFoundError);
  await assert.rejects(
    openai.responses.create({ model: 'gpt-5', input: 'hi', previous_response_id: 'resp_none' }),
    /Previous response with id 'resp_none' not found/,
  );
});
