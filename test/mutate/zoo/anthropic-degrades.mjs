// Anthropic's SDK, the streaming helper. Says honestly that it could not, and ends well: a chat that stays open.
import { appendFileSync } from 'node:fs';
import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic({ timeout: 60_000 });
const schema = properties => ({ type: 'object', properties, required: Object.keys(properties) });
const tools = [
  { name: 'find_order', input_schema: schema({ email: { type: 'string' } }) },
  { name: 'refund', input_schema: schema({ order: { type: 'string' }, amount: { type: 'number' } }) },
];
const run = {
  find_order: () => ({ order: 'A-17', paid: 40 }),
  refund(args) {
    appendFileSync('refunds.log', `${JSON.stringify(args)}\n`);
    return { refunded: args.amount };
  },
};

function execute({ name, input }) {
  const wanted = tools.find(tool => tool.name === name)?.input_schema.properties;
  if (!wanted) return { error: `unknown tool ${name}` };
  const wrong = Object.keys(wanted).find(key => typeof input?.[key] !== wanted[key].type);
  return wrong ? { error: `invalid argument ${wrong}` } : run[name](input);
}

async function main() {
  const messages = [{ role: 'user', content: 'I am dana@example.com. Please refund my order.' }];
  for (let turn = 0; turn < 8; turn++) {
    const request = { model: 'claude-sonnet-4-5', max_tokens: 500, messages, tools };
    const answer = await client.messages.stream(request).finalMessage();
    if (answer.stop_reason !== 'end_turn' && answer.stop_reason !== 'tool_use')
      throw new Error(`stopped by ${answer.stop_reason}`);
    const uses = answer.content.filter(({ type }) => type === 'tool_use');
    const text = answer.content.map(part => part.text ?? '').join('');
    if (uses.length === 0 && text === '') throw new Error('nothing was said');
    if (uses.length === 0) return text;
    messages.push(
      { role: 'assistant', content: answer.content },
      {
        role: 'user',
        content: uses.map(use => {
          const result = execute(use);
          const content = JSON.stringify(result);
          return { type: 'tool_result', tool_use_id: use.id, content, is_error: 'error' in result };
        }),
      },
    );
  }
  throw new Error('too many turns');
}

console.log(
  await main().catch(() => 'Sorry, I am unable to finish your refund now. Please try again later.'),
);
