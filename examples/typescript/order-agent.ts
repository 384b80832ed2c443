// A support agent with two tools. `node order-agent.ts [--stream] [question]`; needs OPENAI_API_KEY.
import OpenAI from 'openai';

const MODEL = 'gpt-4.1-mini';
const ORDERS = [
  { id: 'ORD-1042', customer: 'dana@example.com', item: 'espresso machine', total: 249 },
  { id: 'ORD-1057', customer: 'dana@example.com', item: 'milk frother', total: 39.5 },
];

type Arguments = Readonly<Record<string, string>>;

const FUNCTIONS: Readonly<Record<string, (args: Arguments) => unknown>> = {
  search_orders: ({ customer }) => ORDERS.filter(order => order.customer === customer),
  refund({ order, reason }) {
    return { order, refunded: ORDERS.find(each => each.id === order)?.total, reason };
  },
};

function tool(name: string, description: string, ...names: string[]): OpenAI.ChatCompletionFunctionTool {
  const properties = Object.fromEntries(names.map(each => [each, { type: 'string' }]));
  const parameters = { type: 'object', properties, required: names };
  return { type: 'function', function: { name, description, parameters } };
}

const tools = [
  tool('search_orders', 'Finds the orders of a customer by e-mail address.', 'customer'),
  tool('refund', 'Refunds an order in full.', 'order', 'reason'),
];

/** One model call. A stream is printed while it comes. */
async function ask(
  messages: OpenAI.ChatCompletionMessageParam[],
  stream: boolean,
): Promise<OpenAI.ChatCompletionMessage> {
  const openai = new OpenAI();
  const body = { model: MODEL, messages, tools };
  if (!stream) return (await openai.chat.completions.create(body)).choices[0]!.message;
  const events = openai.chat.completions.stream(body).on('content', piece => process.stdout.write(piece));
  return (await events.finalChatCompletion()).choices[0]!.message;
}

export async function answer(question: string, stream = false): Promise<string> {
  const messages: OpenAI.ChatCompletionMessageParam[] = [
    { role: 'system', content: 'You are the support agent of a coffee shop. Use the tools; never guess.' },
    { role: 'user', content: question },
  ];
  for (;;) {
    const { role, content, tool_calls } = await ask(messages, stream);
    messages.push({ role, content, ...(tool_calls ? { tool_calls } : {}) });
    if (!tool_calls) return content ?? '';
    for (const call of tool_calls) {
      if (call.type !== 'function') continue;
      const result = JSON.stringify(FUNCTIONS[call.function.name]!(JSON.parse(call.function.arguments)));
      console.log(`${call.function.name}(${call.function.arguments}) -> ${result}`);
      messages.push({ role: 'tool', tool_call_id: call.id, content: result });
    }
  }
}

if (process.argv[1] === import.meta.filename) {
  const words = process.argv.slice(2).filter(word => word !== '--stream');
  const stream = process.argv.includes('--stream');
  const question =
    words.join(' ') || 'I am dana@example.com. My espresso machine arrived broken. Please refund it.';
  const text = await answer(question, stream);
  console.log(stream ? '' : text);
}
