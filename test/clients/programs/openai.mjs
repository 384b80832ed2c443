import { createHash } from 'node:crypto';
import OpenAI from 'openai';
import { report, SCHEMAS, TOOLS } from './report.mjs';

const openai = new OpenAI();
const model = 'gpt-4.1-mini';
const tools = Object.entries(SCHEMAS).map(([name, parameters]) => ({
  type: 'function',
  function: { name, parameters },
}));
const user = content => ({ role: 'user', content });
const ask = (content, options) =>
  openai.chat.completions.create({ model, messages: [user(content)] }, options);
const usageOf = usage => [usage.prompt_tokens, usage.completion_tokens];
const toolsOf = message =>
  (message.tool_calls ?? []).map(call => [call.function.name, JSON.parse(call.function.arguments)]);

const whole = await ask('hello');
report('json', { model: whole.model, text: whole.choices[0].message.content, usage: usageOf(whole.usage) });

const messages = [user('the weather, please')];
for (;;) {
  const stream = openai.chat.completions.stream({
    model,
    messages,
    tools,
    stream_options: { include_usage: true },
  });
  const { choices, usage, model: answered } = await stream.finalChatCompletion();
  const { role, content, tool_calls } = choices[0].message;
  report('sse tools', {
    model: answered,
    text: content ?? '',
    tools: toolsOf(choices[0].message),
    usage: usageOf(usage),
  });
  if (!tool_calls) break;
  messages.push({
    role,
    content,
    tool_calls: tool_calls.map(({ id, type, function: { name, arguments: args } }) => ({
      id,
      type,
      function: { name, arguments: args },
    })),
  });
  for (const call of tool_calls) {
    messages.push({
      role: 'tool',
      tool_call_id: call.id,
      content: JSON.stringify(TOOLS[call.function.name]()),
    });
  }
}

const response = await openai.responses.create({ model: 'gpt-5-mini', input: 'hello' });
const responseUsage = ({ usage }) => [usage.input_tokens, usage.output_tokens];
report('responses', { model: response.model, text: response.output_text, usage: responseUsage(response) });
const next = await openai.responses.create({
  model: 'gpt-5-mini',
  input: 'and now',
  previous_response_id: response.id,
});
report('responses previous', { text: next.output_text, usage: responseUsage(next) });
const events = [];
const stream = openai.responses.stream({
  model: 'gpt-5-mini',
  input: 'the weather, please',
  tools: Object.entries(SCHEMAS).map(([name, parameters]) => ({
    type: 'function',
    name,
    parameters,
    strict: false,
  })),
});
for await (const event of stream) events.push(event.type);
const final = await stream.finalResponse();
report('responses stream', {
  text: final.output_text,
  tools: final.output
    .filter(item => item.type === 'function_call')
    .map(item => [item.name, JSON.parse(item.arguments)]),
  usage: responseUsage(final),
});
console.log('events', events.length, new Set(events).size);

const { data, usage } = await openai.embeddings.create({
  model: 'text-embedding-3-small',
  input: ['a cup', 'a dog'],
});
console.log('embeddings', data.length, data[0].embedding.slice(0, 3).join(), usage.total_tokens);
console.log('models', (await openai.models.list()).data.length);

const flaky = await ask('flaky', { maxRetries: 4 });
report('retries', { text: flaky.choices[0].message.content, usage: usageOf(flaky.usage) });
const slow = await ask('slow', { timeout: 1500, maxRetries: 1 });
report('timeout and retry', { text: slow.choices[0].message.content, usage: usageOf(slow.usage) });
for (let i = 0; i < 4; i++) console.log('again', (await ask('again')).choices[0].message.content);
const refused = await ask('locked');
console.log('refusal', refused.choices[0].message.refusal);

for (const content of ['broken', 'cut short']) {
  const end = await openai.chat.completions
    .create({ model, messages: [user(content)], stream: true }, { maxRetries: 0 })
    .then(async stream => {
      for await (const _ of stream);
      return 'whole';
    })
    .catch(() => 'failed');
  console.log(content, end);
}

const parallel = await Promise.all(Array.from({ length: 64 }, (_, i) => ask(`number ${i}`)));
console.log(
  'parallel',
  parallel.every((each, i) => each.choices[0].message.content === `You said: number ${i}`),
);
const same = await Promise.all(Array.from({ length: 3 }, () => ask('dice')));
console.log(
  'same at once',
  same
    .map(each => each.choices[0].message.content)
    .sort()
    .join(),
);

const large = 'x'.repeat(20 * 1024 * 1024);
const huge = await ask([
  { type: 'text', text: 'huge' },
  { type: 'text', text: large },
]);
const content = huge.choices[0].message.content;
console.log('huge', content.length, createHash('sha256').update(content).digest('hex'));
