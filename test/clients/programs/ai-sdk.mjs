import { createOpenAI } from '@ai-sdk/openai';
import { embed, generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai';
import { report, SCHEMAS, TOOLS } from './report.mjs';

const openai = createOpenAI();
const tools = Object.fromEntries(
  Object.entries(SCHEMAS).map(([name, schema]) => [
    name,
    tool({ description: name, inputSchema: jsonSchema(schema), execute: async () => TOOLS[name]() }),
  ]),
);
const say = (name, { text, toolCalls, usage }) =>
  report(name, {
    text,
    tools: toolCalls.map(call => [call.toolName, call.input]),
    usage: [usage.inputTokens, usage.outputTokens],
  });

for (const [name, model] of [
  ['responses', openai('gpt-5-mini')],
  ['chat', openai.chat('gpt-4.1-mini')],
]) {
  say(`${name} json`, await generateText({ model, prompt: 'hello' }));
  const loop = await generateText({ model, prompt: 'the weather, please', tools, stopWhen: stepCountIs(4) });
  for (const step of loop.steps) say(`${name} tools`, step);
  const stream = streamText({ model, prompt: 'the weather, please', tools, stopWhen: stepCountIs(4) });
  let pieces = 0;
  for await (const _ of stream.textStream) pieces++;
  for (const step of await stream.steps) say(`${name} stream`, step);
  console.log(name, 'pieces', pieces);
}
const { embedding } = await embed({ model: openai.embedding('text-embedding-3-small'), value: 'a cup' });
console.log('embedding', embedding.length);
const model = openai.chat('gpt-4.1-mini');
for (let i = 0; i < 3; i++) console.log('again', (await generateText({ model, prompt: 'again' })).text);
const parallel = await Promise.all(
  Array.from({ length: 8 }, (_, i) => generateText({ model, prompt: `number ${i}` })),
);
console.log('parallel', parallel.map(each => each.text).join());
