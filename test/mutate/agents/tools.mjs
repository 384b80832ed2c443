// The support agent of refunds.mjs, with tools that tell of themselves (`rewind.tool`). First argument: `tells` (the model hears
// of a tool that fails), `follows` (links in what a tool found are opened), `insists` (a tool that takes long is run once
// more), `taped` (a refund is answered from the recording).
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import OpenAI from 'openai';
import { tool } from '../../../src/agent/rewind.ts';

const style = process.argv[2];
const client = new OpenAI();

const run = {
  find_order: tool(async function find_order({ email }) {
    return { order: 'A-17', paid: 40, of: email };
  }),
  refund: tool(
    async function refund({ order, amount }) {
      appendFileSync('refunds.log', `${order} ${amount}\n`);
      return { refunded: amount };
    },
    style === 'taped' ? { replay: 'tape' } : {},
  ),
};
const openPage = tool(async function open_page({ url }) {
  return `a page at ${url}`;
});
const tools = [
  ['find_order', { email: { type: 'string' } }],
  ['refund', { order: { type: 'string' }, amount: { type: 'number' } }],
].map(([name, properties]) => {
  const parameters = { type: 'object', properties, required: Object.keys(properties) };
  return { type: 'function', function: { name, parameters } };
});

const late = async () => {
  await sleep(1_000);
  throw new Error('timed out');
};

async function execute({ name, arguments: text }) {
  const once = () => run[name](JSON.parse(text));
  try {
    const result = await (style === 'insists'
      ? Promise.race([once(), late()]).catch(() => Promise.race([once(), late()]))
      : once());
    if (style === 'follows') {
      for (const [url] of JSON.stringify(result).matchAll(/https:\/\/[^\s"]+/g)) await openPage({ url });
    }
    return JSON.stringify(result);
  } catch (error) {
    return JSON.stringify({ error: error.message });
  }
}

const messages = [{ role: 'user', content: 'I am dana@example.com. Please refund my order.' }];
for (let turn = 0; turn < 8; turn++) {
  const { choices } = await client.chat.completions.create({ model: 'gpt-4.1-mini', messages, tools });
  const [{ message }] = choices;
  if (!message.tool_calls) {
    console.log(message.content);
    break;
  }
  messages.push(message);
  for (const call of message.tool_calls)
    messages.push({ role: 'tool', tool_call_id: call.id, content: await execute(call.function) });
}
process.exit();
