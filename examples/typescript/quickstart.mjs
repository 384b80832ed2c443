// A support agent without any dependency: three tools, parallel tool calls and a streamed reply. Needs OPENAI_API_KEY.
const URL = 'https://api.openai.com/v1/chat/completions';
const MODEL = 'gpt-4.1-mini';

const ORDERS = [
  { id: 'ORD-1042', item: 'espresso machine', total: 249.0, status: 'delivered' },
  { id: 'ORD-1057', item: 'milk frother', total: 39.5, status: 'in transit', parcel: 'PX-88' },
];
const TOOLS = {
  find_orders: () => ORDERS,
  track_parcel: ({ parcel }) => ({ parcel, city: 'Leipzig', arrives: 'Thursday' }),
  refund_order: ({ order }) => ({ order, refunded: ORDERS.find(each => each.id === order)?.total ?? 0 }),
};
const tools = [
  tool('find_orders', 'Finds the orders of a customer.', 'email'),
  tool('track_parcel', 'Says where a parcel is.', 'parcel'),
  tool('refund_order', 'Refunds an order in full.', 'order'),
];

function tool(name, description, parameter) {
  const parameters = {
    type: 'object',
    properties: { [parameter]: { type: 'string' } },
    required: [parameter],
  };
  return { type: 'function', function: { name, description, parameters } };
}

async function ask(body) {
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
  };
  const answer = await fetch(URL, {
    method: 'POST',
    headers,
    body: JSON.stringify({ model: MODEL, ...body }),
  });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}: ${await answer.text()}`);
  return answer;
}

async function* streamed(answer) {
  let text = '';
  for await (const bytes of answer.body.pipeThrough(new TextDecoderStream())) {
    const lines = (text + bytes).split('\n');
    text = lines.pop();
    for (const line of lines) {
      if (line.startsWith('data: {')) yield JSON.parse(line.slice(6)).choices[0]?.delta.content ?? '';
    }
  }
}

const question =
  'I am dana@example.com. My espresso machine arrived broken, I want my money back. And where is my frother?';
const messages = [
  { role: 'system', content: 'You are the support agent of a coffee shop. Use the tools; never guess.' },
  { role: 'user', content: question },
];
console.log(`Customer: ${question}`);

for (;;) {
  const { choices } = await (await ask({ messages, tools })).json();
  const { message } = choices[0];
  messages.push(message);
  if (!message.tool_calls) break;
  for (const call of message.tool_calls) {
    const result = TOOLS[call.function.name](JSON.parse(call.function.arguments));
    console.log(`  ${call.function.name}(${call.function.arguments}) → ${JSON.stringify(result)}`);
    messages.push({ role: 'tool', tool_call_id: call.id, content: JSON.stringify(result) });
  }
}

messages.push({ role: 'user', content: 'Write this to the customer in two sentences.' });
process.stdout.write('Agent: ');
for await (const piece of streamed(
  await ask({ messages, stream: true, stream_options: { include_usage: true } }),
)) {
  process.stdout.write(piece);
}
process.stdout.write('\n');
