import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createOpenAI } from '@ai-sdk/openai';
import Anthropic from '@anthropic-ai/sdk';
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
  ThrottlingException,
} from '@aws-sdk/client-bedrock-runtime';
import { GoogleGenAI } from '@google/genai';
import { ChatOpenAI } from '@langchain/openai';
import { generateText, streamText } from 'ai';
import { AzureOpenAI } from 'openai';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.ts';
import { weatherScript } from './weather-script.ts';

const QUESTION = 'What is the weather in Oslo?';
let emulator: Emulator;

before(async () => {
  emulator = await startEmulator({ script: weatherScript });
});
after(() => emulator.close());

test('Anthropic: tools, a stream that equals the whole, thinking, token counts', async () => {
  const client = new Anthropic({ apiKey: 'sk-ant-test', baseURL: emulator.url, maxRetries: 0 });
  const body = {
    model: 'claude-opus-4-6',
    max_tokens: 500,
    messages: [{ role: 'user' as const, content: QUESTION }],
  };
  const whole = await client.messages.create(body);
  const streamed = await client.messages.stream(body).finalMessage();
  assert.equal(whole.stop_reason, 'tool_use');
  const plain = (message: Anthropic.Message) =>
    message.content.map(block => (block.type === 'tool_use' ? [block.name, block.input] : block.type));
  assert.deepEqual(plain(streamed), plain(whole));
  assert.equal(streamed.usage.output_tokens, whole.usage.output_tokens);

  const uses = whole.content.filter(block => block.type === 'tool_use');
  const results = uses.map((use, index) => ({
    type: 'tool_result' as const,
    tool_use_id: use.id,
    content: index === 0 ? '{"degrees":7}' : 'ten',
  }));
  const answer = await client.messages.create({
    ...body,
    messages: [
      ...body.messages,
      { role: 'assistant', content: whole.content },
      { role: 'user', content: results },
    ],
  });
  assert.deepEqual(
    answer.content.map(block => block.type === 'text' && block.text),
    ['Oslo: 7 degrees, ten.'],
  );

  const thought = await client.messages
    .stream({ ...body, messages: [{ role: 'user', content: 'think' }] })
    .finalMessage();
  assert.deepEqual(
    thought.content.map(block => block.type),
    ['thinking', 'text'],
  );
  const count = await client.messages.countTokens({ model: body.model, messages: body.messages });
  assert.equal(count.input_tokens, whole.usage.input_tokens);
});

test('Gemini: tools, SSE, embeddings', async () => {
  const client = new GoogleGenAI({ apiKey: 'g-test', httpOptions: { baseUrl: emulator.url } });
  const whole = await client.models.generateContent({ model: 'gemini-2.5-flash', contents: QUESTION });
  assert.deepEqual(
    whole.functionCalls?.map(call => [call.name, call.args]),
    [
      ['get_weather', { city: 'Oslo', days: 2 }],
      ['get_time', { zone: 'Europe/Oslo' }],
    ],
  );
  const answered = await client.models.generateContent({
    model: 'gemini-2.5-flash',
    contents: [
      { role: 'user', parts: [{ text: QUESTION }] },
      whole.candidates![0]!.content!,
      {
        role: 'user',
        parts: [
          { functionResponse: { name: 'get_weather', response: { output: { degrees: 1 } } } },
          { functionResponse: { name: 'get_time', response: { output: 'eight' } } },
        ],
      },
    ],
  });
  assert.equal(answered.text, 'Oslo: 1 degrees, eight.');

  const long = 'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen';
  const pieces: string[] = [];
  let last: { tokens: number | undefined; reason: string | undefined } | undefined;
  for await (const chunk of await client.models.generateContentStream({
    model: 'gemini-2.5-flash',
    contents: long,
  })) {
    pieces.push(chunk.text ?? '');
    const reason = chunk.candidates?.[0]?.finishReason;
    last = { tokens: chunk.usageMetadata?.candidatesTokenCount, reason };
  }
  assert.ok(pieces.length > 1);
  assert.equal(pieces.join(''), `You said: ${long}`);
  assert.equal(last?.reason, 'STOP');
  assert.ok(last?.tokens);

  const embedded = await client.models.embedContent({
    model: 'gemini-embedding-001',
    contents: ['one', 'two'],
    config: { outputDimensionality: 64 },
  });
  assert.deepEqual(
    embedded.embeddings?.map(each => each.values?.length),
    [64, 64],
  );
});

test('Gemini: a stream without alt=sse is one JSON array', async () => {
  const response = await fetch(`${emulator.url}/v1beta/models/gemini-2.5-flash:streamGenerateContent`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-goog-api-key': 'g' },
    body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'a b c '.repeat(30) }] }] }),
  });
  const parts: unknown = await response.json();
  assert.ok(Array.isArray(parts) && parts.length > 1);
});

test('Bedrock: converse and invoke, whole and streamed, throttling', async () => {
  const client = new BedrockRuntimeClient({
    region: 'us-east-1',
    endpoint: emulator.url,
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
  const modelId = 'anthropic.claude-3-haiku-20240307-v1:0';
  const messages = [{ role: 'user' as const, content: [{ text: QUESTION }] }];
  const whole = await client.send(new ConverseCommand({ modelId, messages }));
  assert.equal(whole.stopReason, 'tool_use');
  const uses = whole.output!.message!.content!.flatMap(block => (block.toolUse ? [block.toolUse] : []));
  assert.deepEqual(
    uses.map(use => use.input),
    [{ city: 'Oslo', days: 2 }, { zone: 'Europe/Oslo' }],
  );
  const answered = await client.send(
    new ConverseCommand({
      modelId,
      messages: [
        ...messages,
        whole.output!.message!,
        {
          role: 'user',
          content: uses.map((use, index) => ({
            toolResult: {
              toolUseId: use.toolUseId,
              content: [index === 0 ? { json: { degrees: 9 } } : { text: 'one' }],
            },
          })),
        },
      ],
    }),
  );
  assert.equal(answered.output!.message!.content![0]!.text, 'Oslo: 9 degrees, one.');

  const streamed = await client.send(new ConverseStreamCommand({ modelId, messages }));
  const inputs = ['', '', ''];
  let stop: string | undefined;
  for await (const event of streamed.stream!) {
    const delta = event.contentBlockDelta;
    if (delta) inputs[delta.contentBlockIndex!] += delta.delta?.toolUse?.input ?? delta.delta?.text ?? '';
    stop = event.messageStop?.stopReason ?? stop;
  }
  assert.deepEqual(inputs, ['Let me look.', '{"city": "Oslo", "days": 2}', '{"zone": "Europe/Oslo"}']);
  assert.equal(stop, 'tool_use');

  const body = JSON.stringify({
    anthropic_version: 'bedrock-2023-05-31',
    max_tokens: 99,
    messages: [{ role: 'user', content: 'hello' }],
  });
  const invoked = await client.send(new InvokeModelCommand({ modelId, body }));
  const message: { id: string; content: { text: string }[] } = JSON.parse(invoked.body.transformToString());
  assert.equal(message.content[0]!.text, 'You said: hello');
  assert.match(message.id, /^msg_bdrk_01/);
  const events: string[] = [];
  const { body: stream } = await client.send(new InvokeModelWithResponseStreamCommand({ modelId, body }));
  for await (const event of stream!) events.push(Buffer.from(event.chunk!.bytes!).toString());
  assert.equal(JSON.parse(events[0]!).type, 'message_start');
  assert.ok(JSON.parse(events.at(-1)!)['amazon-bedrock-invocationMetrics'].outputTokenCount > 0);

  emulator.behave({ faults: [{ kind: 'rate_limit' }] });
  await assert.rejects(client.send(new ConverseCommand({ modelId, messages })), ThrottlingException);
});

test('Azure OpenAI: deployment paths, alphabetical keys, content filters', async () => {
  const client = new AzureOpenAI({
    apiKey: 'azure-test',
    endpoint: emulator.url,
    apiVersion: '2024-10-21',
    deployment: 'gpt-4.1-mini',
  });
  const body = { model: '', messages: [{ role: 'user' as const, content: 'hello' }] };
  const whole = await client.chat.completions.create(body);
  assert.equal(whole.choices[0]!.message.content, 'You said: hello');
  assert.equal(whole.model, 'gpt-4.1-mini-2025-04-14');
  const names = Object.keys(whole).filter(name => !name.startsWith('_'));
  assert.deepEqual(names, [...names].sort());
  assert.ok('content_filter_results' in whole.choices[0]!);
  let said = '';
  for await (const chunk of await client.chat.completions.create({ ...body, stream: true })) {
    said += chunk.choices[0]?.delta.content ?? '';
  }
  assert.equal(said, 'You said: hello');
});

test('Vercel AI SDK and LangChain', async () => {
  const provider = createOpenAI({ apiKey: 'sk-test', baseURL: `${emulator.url}/v1` });
  for (const model of [provider('gpt-4o'), provider.chat('gpt-4o')]) {
    const whole = await generateText({ model, prompt: 'hello' });
    assert.equal(whole.text, 'You said: hello');
    const streamed = streamText({ model, prompt: 'hello' });
    assert.equal(await streamed.text, 'You said: hello');
    assert.equal((await streamed.usage).inputTokens, whole.usage.inputTokens);
  }
  const chat = new ChatOpenAI({
    apiKey: 'sk-test',
    model: 'gpt-4o',
    configuration: { baseURL: `${emulator.url}/v1` },
  });
  const message = await chat.invoke(QUESTION);
  assert.deepEqual(
    message.tool_calls?.map(call => call.name),
    ['get_weather', 'get_time'],
  );
});

test('Ollama: ndjson', async () => {
  const response = await fetch(`${emulator.url}/api/chat`, {
    method: 'POST',
    body: JSON.stringify({ model: 'llama3.2', messages: [{ role: 'user', content: 'hello there' }] }),
  });
  const lines = (await response.text()).trim().split('\n');
  const parsed = lines.map((line): { message: { content: string }; done: boolean } => JSON.parse(line));
  assert.equal(parsed.map(each => each.message.content).join(''), 'You said: hello there');
  assert.deepEqual(
    parsed.map(each => each.done),
    parsed.map((_, index) => index === parsed.length - 1),
  );
});
