// Many calls at once, and calls out of a crowd of promises. Marks as in styles.mjs.
import Anthropic from '@anthropic-ai/sdk';
import { RunnableSequence } from '@langchain/core/runnables';
import { ChatOpenAI } from '@langchain/openai';
import OpenAI from 'openai';
import { runCases } from './run-cases.mjs';

const say = name => ({ model: 'gpt-4o', messages: [{ role: 'user', content: `case=${name}` }] });
const claude = name => ({ ...say(name), model: 'claude-sonnet-4', max_tokens: 9 });
const openai = new OpenAI({ maxRetries: 0 });
const anthropic = new Anthropic({ maxRetries: 0 });
const chat = new ChatOpenAI({ model: 'gpt-4o', maxRetries: 0 });
const chain = RunnableSequence.from([({ text }) => text, chat]);
const tick = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));
const leaf = async number => number + 1;

const steps = [
  () => openai.chat.completions.create(say('crowd-openai')), // @crowd-openai
  () => tick(1).then(() => openai.chat.completions.create(say('crowd-then'))), // @crowd-then
  () => anthropic.messages.create(claude('crowd-anthropic')), // @crowd-anthropic
  () => chain.invoke({ text: 'case=crowd-langchain' }), // @crowd-langchain
];

async function agent(number) {
  for (let step = 0; step < 4; step++) {
    await tick((number * 7 + step * 3) % 5);
    await steps[(number + step) % steps.length]();
  }
}

async function manyAwaits(count) {
  for (let number = 0; number < count; ) number = await leaf(number);
}

await runCases({
  interleaved: () => Promise.all(Array.from({ length: 50 }, (_, number) => agent(number))),
  'after many awaits': async () => {
    await manyAwaits(300_000);
    await openai.chat.completions.create(say('after-awaits-openai')); // @after-awaits-openai
    await manyAwaits(100_000);
    await anthropic.messages.create(claude('after-awaits-anthropic')); // @after-awaits-anthropic
    await manyAwaits(100_000);
    await chain.invoke({ text: 'case=after-awaits-langchain' }); // @after-awaits-langchain
    await manyAwaits(100_000);
    await leaf(1).then(() => chat.invoke('case=after-awaits-then')); // @after-awaits-then
  },
});
process.exit();
