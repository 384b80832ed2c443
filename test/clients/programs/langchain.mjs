import { ToolMessage } from '@langchain/core/messages';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { report, SCHEMAS, TOOLS } from './report.mjs';

const chat = new ChatOpenAI({ model: 'gpt-4.1-mini', streamUsage: true });
const withTools = chat.bindTools(
  Object.entries(SCHEMAS).map(([name, parameters]) => ({
    type: 'function',
    function: { name, description: name, parameters },
  })),
);
const say = (name, message) =>
  report(name, {
    text: message.text,
    tools: (message.tool_calls ?? []).map(call => [call.name, call.args]),
    usage: [message.usage_metadata.input_tokens, message.usage_metadata.output_tokens],
  });

say('json', await chat.invoke('hello'));
const messages = [['user', 'the weather, please']];
for (;;) {
  const message = await withTools.invoke(messages);
  say('tools', message);
  messages.push(message);
  if (message.tool_calls.length === 0) break;
  for (const call of message.tool_calls) {
    messages.push(new ToolMessage({ content: JSON.stringify(TOOLS[call.name]()), tool_call_id: call.id }));
  }
}
let whole;
for await (const chunk of await chat.stream('hello again and so on'))
  whole = whole ? whole.concat(chunk) : chunk;
say('sse', whole);
const vector = await new OpenAIEmbeddings({ model: 'text-embedding-3-small' }).embedQuery('a cup');
console.log('embedding', vector.length);
const parallel = await chat.batch(Array.from({ length: 8 }, (_, i) => `number ${i}`));
console.log('parallel', parallel.map(each => each.text).join());
