// A support agent with tools and a memory file. Its style, the first argument, is what the tests know the truth about.
import { appendFileSync } from 'node:fs';
import OpenAI from 'openai';

const style = process.argv[2];
const client = new OpenAI({ maxRetries: style === 'no-retry' ? 0 : 2, timeout: 5_000 });

const tools = [
  tool('find_order', "Finds a customer's order.", { email: { type: 'string' } }),
  tool('refund', 'Pays an order back.', { order: { type: 'string' }, amount: { type: 'number' } }),
];

function tool(name, description, properties) {
  const parameters = { type: 'object', properties, required: Object.keys(properties) };
  return { type: 'function', function: { name, description, parameters } };
}

const run = {
  find_order: ({ email }) => ({ order: 'A-17', paid: 40, of: email ?? null }),
  refund(args) {
    appendFileSync('refunds.log', `${JSON.stringify(args)}\n`);
    return { refunded: args.amount ?? 'all' };
  },
};

/** The raw stream, put together by hand, as many agents do. */
async function ask(messages) {
  const stream = await client.chat.completions.create({
    model: 'gpt-4.1-mini',
    messages,
    tools,
    stream: true,
  });
  const calls = [];
  let content = '';
  let finish = null;
  for await (const { choices } of stream) {
    const [choice] = choices ?? [];
    content += choice?.delta.content ?? '';
    for (const piece of choice?.delta.tool_calls ?? []) {
      calls[piece.index] ??= { id: piece.id, type: 'function', function: { name: '', arguments: '' } };
      const call = calls[piece.index];
      call.function.name += piece.function?.name ?? '';
      call.function.arguments += piece.function?.arguments ?? '';
    }
    finish = choice?.finish_reason ?? finish;
  }
  return { content, calls, finish };
}

/** Careful styles look at how an answer ended, and at what a tool is given. */
const careful = style !== 'trusting' && style !== 'swallows';

async function answer(messages) {
  for (let attempt = 0; ; attempt++) {
    const said = await ask(messages);
    const whole = said.finish === 'stop' || said.finish === 'tool_calls';
    if (!careful || (whole && (said.content || said.calls.length > 0))) return said;
    if (attempt === 1) throw new Error('the model gives no whole answer');
  }
}

function execute({ function: { name, arguments: text } }) {
  let args = {};
  try {
    args = JSON.parse(text);
  } catch {
    if (careful) return { error: 'the arguments are not valid JSON' };
  }
  const wanted = tools.find(one => one.function.name === name)?.function.parameters;
  if (!wanted) return { error: `unknown tool ${name}` };
  const wrong = Object.entries(wanted.properties).find(([key, { type }]) => typeof args[key] !== type);
  if (careful && wrong) return { error: `invalid argument ${wrong[0]}` };
  return run[name](args);
}

async function main() {
  const messages = [{ role: 'user', content: 'I am dana@example.com. Please refund my order.' }];
  for (let turn = 0; turn < 8; turn++) {
    const { content, calls } = await answer(messages);
    if (calls.length === 0) return content;
    messages.push({ role: 'assistant', content: content || null, tool_calls: calls });
    for (const call of calls) {
      messages.push({ role: 'tool', tool_call_id: call.id, content: JSON.stringify(execute(call)) });
    }
  }
  throw new Error('too many turns');
}

if (style === 'swallows') {
  await main().catch(() => undefined);
  console.log('Your refund is processed.');
} else if (style === 'restarts') {
  // An outer retry around the whole run: what was done once is done again.
  const text = await main().catch(() => main());
  console.log(text);
} else if (style === 'complains') {
  // Asks the model something new about its trouble, and fails where that is not answered.
  const complaint = [{ role: 'user', content: 'Something went wrong. What now?' }];
  console.log(await main().catch(async () => (await ask(complaint)).content));
} else {
  await main().then(
    text => console.log(text),
    error => {
      console.error(`refund agent: failed: ${error.message}`);
      process.exitCode = 1;
    },
  );
}
