import Anthropic from '@anthropic-ai/sdk';
import { report, SCHEMAS, TOOLS } from './report.mjs';

const client = new Anthropic();
const model = 'claude-haiku-4-5';
const tools = Object.entries(SCHEMAS).map(([name, input_schema]) => ({
  name,
  description: name,
  input_schema,
}));
const ask = (content, options) =>
  client.messages.create({ model, max_tokens: 1000, messages: [{ role: 'user', content }] }, options);
const say = (name, { model: answered, content, usage }) =>
  report(name, {
    model: answered,
    text: content.map(block => (block.type === 'text' ? block.text : '')).join(''),
    tools: content.filter(block => block.type === 'tool_use').map(block => [block.name, block.input]),
    usage: [usage.input_tokens, usage.output_tokens],
  });

say('json', await ask('hello'));
const messages = [{ role: 'user', content: 'the weather, please' }];
for (;;) {
  const message = await client.messages.stream({ model, max_tokens: 1000, messages, tools }).finalMessage();
  say('sse tools', message);
  if (message.stop_reason !== 'tool_use') break;
  const results = message.content
    .filter(block => block.type === 'tool_use')
    .map(use => ({ type: 'tool_result', tool_use_id: use.id, content: JSON.stringify(TOOLS[use.name]()) }));
  messages.push({ role: 'assistant', content: message.content }, { role: 'user', content: results });
}
const thought = await client.messages
  .stream({ model, max_tokens: 1000, messages: [{ role: 'user', content: 'think' }] })
  .finalMessage();
console.log('thinking', thought.content.map(block => block.type).join(), thought.content[0].thinking);
const count = await client.messages.countTokens({ model, messages: [{ role: 'user', content: 'hello' }] });
console.log('count', count.input_tokens);
say('retries', await ask('flaky', { maxRetries: 4 }));
say('timeout and retry', await ask('slow', { timeout: 1500, maxRetries: 1 }));
for (let i = 0; i < 3; i++) console.log('again', (await ask('again')).content[0].text);
try {
  await new Anthropic({ apiKey: 'invalid' }).messages.create({ model, max_tokens: 9, messages: [] });
} catch (error) {
  console.log('wrong key', error.status, error.error.error.type);
}
const parallel = await Promise.all(Array.from({ length: 8 }, (_, i) => ask(`number ${i}`)));
console.log('parallel', parallel.map(each => each.content[0].text).join());
