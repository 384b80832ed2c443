// Each SDK in each of its styles. A line marked `// @name` makes the calls whose prompt says `case=name`.
import { createOpenAI } from '@ai-sdk/openai';
import Anthropic from '@anthropic-ai/sdk';
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { GoogleGenAI } from '@google/genai';
import { ChatPromptTemplate } from '@langchain/core/prompts';
import { RunnableLambda, RunnableParallel, RunnableSequence } from '@langchain/core/runnables';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { embed, generateObject, generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai';
import OpenAI, { AzureOpenAI } from 'openai';
import { Agent, Pool, fetch as undiciFetch, request as undiciRequest } from 'undici';
import { runCases } from './run-cases.mjs';

globalThis.AI_SDK_LOG_WARNINGS = false;
const tick = () => new Promise(resolve => setTimeout(resolve, 1));
const say = name => ({ model: 'gpt-4o', messages: [{ role: 'user', content: `case=${name}` }] });
const ask = name => ({ ...say(name), model: 'claude-sonnet-4', max_tokens: 50 });
const gem = name => ({ model: 'gemini-2.5-flash', contents: `case=${name}` });
const bed = name => ({
  modelId: 'amazon.nova-lite-v1:0',
  messages: [{ role: 'user', content: [{ text: `case=${name}` }] }],
});
const openai = new OpenAI({ maxRetries: 0 });
const anthropic = new Anthropic({ maxRetries: 0 });
const genai = new GoogleGenAI({ apiKey: 'test' });
const bedrock = new BedrockRuntimeClient({ maxAttempts: 1 });
const model = createOpenAI({ apiKey: 'sk-test' }).chat('gpt-4o');
const embedder = createOpenAI({ apiKey: 'sk-test' }).embedding('text-embedding-3-small');
const chat = new ChatOpenAI({ model: 'gpt-4o', maxRetries: 0 });
const headers = { 'content-type': 'application/json', authorization: 'Bearer sk-test' };
const lookup = { type: 'object', properties: { key: { type: 'string' } } };

const at = name => `https://api.openai.com/v1/chat/completions?case=${name}`;
const post = { method: 'POST', body: JSON.stringify(say('x')).replace('case=', ''), headers };

class Assistant {
  history = [];
  async turn(text) {
    this.history.push({ role: 'user', content: text });
    const answer = await openai.chat.completions.create({ model: 'gpt-4o', messages: this.history }); // @openai-class
    this.history.push(answer.choices[0].message);
  }
  async *tokens() {
    const stream = await openai.chat.completions.create({ ...say('openai-generator'), stream: true }); // @openai-generator
    for await (const part of stream) yield part;
  }
}

await runCases({
  openai: () => openai.chat.completions.create(say('openai')), // @openai
  'openai-stream': async () => {
    await tick();
    const stream = await openai.chat.completions.create({ ...say('openai-stream'), stream: true }); // @openai-stream
    for await (const _ of stream);
  },
  'openai-stream-helper': async () => {
    await tick();
    const stream = openai.chat.completions.stream(say('openai-stream-helper')); // @openai-stream-helper
    stream.on('content', String);
    await stream.finalChatCompletion();
  },
  'openai-run-tools': async () => {
    await tick();
    const answering = async () => {
      await tick();
      await openai.chat.completions.create(say('openai-inside-a-tool')); // @openai-inside-a-tool
      return 'found';
    };
    const call = { name: 'lookup', parameters: lookup, function: answering, parse: JSON.parse };
    const asked = { ...say('openai-run-tools'), tools: [{ type: 'function', function: call }] };
    const run = openai.chat.completions.runTools(asked); // @openai-run-tools
    await run.finalContent();
  },
  'openai-all': () => Promise.all([openai.chat.completions.create(say('openai-all')), tick()]), // @openai-all
  'openai-map': () => Promise.all([1, 2, 3].map(() => openai.chat.completions.create(say('openai-map')))), // @openai-map
  'openai-later': async () => {
    await tick();
    const call = openai.chat.completions.create(say('openai-later')); // @openai-later
    await tick();
    await call;
  },
  'openai-then': () =>
    tick()
      .then(() => openai.chat.completions.create(say('openai-then'))) // @openai-then
      .then(answer => answer.choices[0]),
  'openai-with-response': async () => {
    await tick();
    await openai.chat.completions.create(say('openai-with-response')).withResponse(); // @openai-with-response
  },
  'openai-responses': async () => {
    await tick();
    await openai.responses.create({ model: 'gpt-4o', input: 'case=openai-responses' }); // @openai-responses
  },
  'openai-responses-stream': async () => {
    await tick();
    const stream = openai.responses.stream({ model: 'gpt-4o', input: 'case=openai-responses-stream' }); // @openai-responses-stream
    for await (const _ of stream);
  },
  'openai-embeddings': () =>
    openai.embeddings.create({ model: 'text-embedding-3-small', input: 'case=openai-embeddings' }), // @openai-embeddings
  'openai-class': async () => {
    const assistant = new Assistant();
    await assistant.turn('case=openai-class'); // @openai-class+1
  },
  'openai-generator': async () => {
    for await (const _ of new Assistant().tokens());
  },
  'openai-timer': () =>
    new Promise((done, fail) => {
      setTimeout(() => openai.chat.completions.create(say('openai-timer')).then(done, fail), 1); // @openai-timer
    }),
  azure: async () => {
    const client = new AzureOpenAI({
      apiKey: 'test',
      apiVersion: '2024-10-21',
      endpoint: 'https://corp.openai.azure.com',
      maxRetries: 0,
    });
    await tick();
    await client.chat.completions.create(say('azure')); // @azure
  },

  anthropic: () => anthropic.messages.create(ask('anthropic')), // @anthropic
  'anthropic-await': async () => {
    await tick();
    await anthropic.messages.create(ask('anthropic-await')); // @anthropic-await
  },
  'anthropic-stream': async () => {
    await tick();
    const stream = await anthropic.messages.create({ ...ask('anthropic-stream'), stream: true }); // @anthropic-stream
    for await (const _ of stream);
  },
  'anthropic-stream-helper': async () => {
    await tick();
    await anthropic.messages.stream(ask('anthropic-stream-helper')).finalMessage(); // @anthropic-stream-helper
  },
  'anthropic-stream-events': () =>
    new Promise((done, fail) => {
      const stream = anthropic.messages.stream(ask('anthropic-stream-events')); // @anthropic-stream-events
      stream.on('error', fail).on('text', String);
      stream.on('finalMessage', () => {
        anthropic.messages.create(ask('anthropic-in-event')).then(done, fail); // @anthropic-in-event
      });
    }),
  'anthropic-all': async () => {
    await tick();
    const names = ['anthropic-all', 'anthropic-all'];
    await Promise.all(names.map(name => anthropic.messages.create(ask(name)))); // @anthropic-all
  },
  'anthropic-count': () =>
    anthropic.messages.countTokens({ ...ask('anthropic-count'), max_tokens: undefined }), // @anthropic-count

  genai: async () => {
    await tick();
    await genai.models.generateContent(gem('genai')); // @genai
  },
  'genai-stream': async () => {
    await tick();
    const stream = await genai.models.generateContentStream(gem('genai-stream')); // @genai-stream
    for await (const _ of stream);
  },
  'genai-chat': async () => {
    const session = genai.chats.create({ model: 'gemini-2.5-flash' });
    await tick();
    await session.sendMessage({ message: 'case=genai-chat' }); // @genai-chat
  },
  'genai-chat-stream': async () => {
    const session = genai.chats.create({ model: 'gemini-2.5-flash' });
    await tick();
    const stream = await session.sendMessageStream({ message: 'case=genai-chat-stream' }); // @genai-chat-stream
    for await (const _ of stream);
  },
  'genai-all': () => Promise.all([1, 2].map(() => genai.models.generateContent(gem('genai-all')))), // @genai-all

  'ai-generate-text': async () => {
    await tick();
    await generateText({ model, prompt: 'case=ai-generate-text', maxRetries: 0 }); // @ai-generate-text
  },
  'ai-stream-text': async () => {
    await tick();
    const result = streamText({ model, prompt: 'case=ai-stream-text', maxRetries: 0 }); // @ai-stream-text
    for await (const _ of result.textStream);
  },
  'ai-stream-consumed-later': async () => {
    await tick();
    const result = streamText({ model, prompt: 'case=ai-stream-consumed-later', maxRetries: 0 }); // @ai-stream-consumed-later
    await tick();
    await Promise.all([result.text, result.usage]);
  },
  'ai-tools': async () => {
    await tick();
    const tools = {
      lookup: tool({
        inputSchema: jsonSchema(lookup),
        execute: async () => {
          await tick();
          await generateText({ model, prompt: 'case=ai-inside-a-tool', maxRetries: 0 }); // @ai-inside-a-tool
          return 'found';
        },
      }),
    };
    const stopWhen = stepCountIs(3);
    await generateText({ model, prompt: 'case=ai-tools', tools, stopWhen, maxRetries: 0 }); // @ai-tools
  },
  'ai-stream-tools': async () => {
    await tick();
    const tools = { lookup: tool({ inputSchema: jsonSchema(lookup), execute: () => 'found' }) };
    const stopWhen = stepCountIs(3);
    const result = streamText({ model, prompt: 'case=ai-stream-tools', tools, stopWhen, maxRetries: 0 }); // @ai-stream-tools
    await result.text;
  },
  'ai-object': async () => {
    await tick();
    await generateObject({ model, schema: jsonSchema(lookup), prompt: 'case=ai-object', maxRetries: 0 }); // @ai-object
  },
  'ai-embed': () => embed({ model: embedder, value: 'case=ai-embed', maxRetries: 0 }), // @ai-embed
  'ai-then': () =>
    tick()
      .then(() => generateText({ model, prompt: 'case=ai-then', maxRetries: 0 })) // @ai-then
      .then(({ text }) => text),

  'langchain-invoke': async () => {
    await tick();
    await chat.invoke('case=langchain-invoke'); // @langchain-invoke
  },
  'langchain-stream': async () => {
    await tick();
    const stream = await chat.stream('case=langchain-stream'); // @langchain-stream
    for await (const _ of stream);
  },
  'langchain-batch': async () => {
    await tick();
    await chat.batch(['case=langchain-batch', 'case=langchain-batch']); // @langchain-batch
  },
  'langchain-pipe': async () => {
    const chain = ChatPromptTemplate.fromMessages([['user', '{text}']]).pipe(chat);
    await tick();
    await chain.invoke({ text: 'case=langchain-pipe' }); // @langchain-pipe
  },
  'langchain-sequence': async () => {
    const chain = RunnableSequence.from([({ text }) => text, chat, answer => answer.content]);
    await tick();
    await chain.invoke({ text: 'case=langchain-sequence' }); // @langchain-sequence
  },
  'langchain-sequence-stream': async () => {
    const chain = RunnableSequence.from([({ text }) => text, chat]);
    await tick();
    for await (const _ of await chain.stream({ text: 'case=langchain-sequence-stream' })); // @langchain-sequence-stream
  },
  'langchain-sequence-batch': async () => {
    const chain = RunnableSequence.from([({ text }) => text, chat]);
    await tick();
    await chain.batch([{ text: 'case=langchain-sequence-batch' }, { text: 'case=langchain-sequence-batch' }]); // @langchain-sequence-batch
  },
  'langchain-parallel': async () => {
    const both = RunnableParallel.from({ a: chat, b: chat });
    await tick();
    await both.invoke('case=langchain-parallel'); // @langchain-parallel
  },
  'langchain-lambda': async () => {
    const lambda = RunnableLambda.from(async text => {
      await tick();
      return chat.invoke(text); // @langchain-lambda
    });
    await lambda.invoke('case=langchain-lambda');
  },
  'langchain-events': async () => {
    await tick();
    for await (const _ of chat.streamEvents('case=langchain-events', { version: 'v2' })); // @langchain-events
  },
  'langchain-embeddings': () => new OpenAIEmbeddings().embedQuery('case=langchain-embeddings'), // @langchain-embeddings

  bedrock: async () => {
    await tick();
    await bedrock.send(new ConverseCommand(bed('bedrock'))); // @bedrock
  },
  'bedrock-stream': async () => {
    await tick();
    const { stream } = await bedrock.send(new ConverseStreamCommand(bed('bedrock-stream'))); // @bedrock-stream
    for await (const _ of stream);
  },
  'bedrock-callback': () =>
    new Promise((done, fail) => {
      bedrock.send(new ConverseCommand(bed('bedrock-callback')), error => (error ? fail(error) : done())); // @bedrock-callback
    }),
  'bedrock-invoke': () => {
    const asked = { anthropic_version: 'bedrock-2023-05-31', ...ask('bedrock-invoke'), model: undefined };
    const modelId = 'anthropic.claude-3-haiku-20240307-v1:0';
    return bedrock.send(new InvokeModelCommand({ modelId, body: JSON.stringify(asked) })); // @bedrock-invoke
  },

  'undici-fetch': async () => {
    await tick();
    await undiciFetch(at('undici-fetch'), post); // @undici-fetch
  },
  'undici-request': async () => {
    await tick();
    const dispatcher = new Agent();
    const { body } = await undiciRequest(at('undici-request'), { ...post, dispatcher }); // @undici-request
    await body.dump();
    await dispatcher.close();
  },
  'undici-pool': async () => {
    const pool = new Pool('https://api.openai.com');
    const { body } = await pool.request({ path: '/v1/chat/completions?case=undici-pool', ...post }); // @undici-pool
    await body.dump();
    await pool.close();
  },
});
process.exit();
