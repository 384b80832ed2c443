// OpenAI's responses, the conversation kept by the provider (previous_response_id). Validates, and tells the model.
import { appendFileSync } from 'node:fs';
import OpenAI from 'openai';

const client = new OpenAI({ timeout: 60_000 });
const parameters = properties => ({ type: 'object', properties, required: Object.keys(properties) });
const tools = [
  { type: 'function', name: 'find_order', parameters: parameters({ email: { type: 'string' } }) },
  {
    type: 'function',
    name: 'refund',
    parameters: parameters({ order: { type: 'string' }, amount: { type: 'number' } }),
  },
];
const run = {
  find_order: () => ({ order: 'A-17', paid: 40 }),
  refund(args) {
    appendFileSync('refunds.log', `${JSON.stringify(args)}\n`);
    return { refunded: args.amount };
  },
};

function execute({ name, arguments: text }) {
  const wanted = tools.find(tool => tool.name === name)?.parameters.properties;
  if (!wanted) return { error: `unknown tool ${name}` };
  let args;
  try {
    args = JSON.parse(text);
  } catch {
    return { error: 'the arguments are not valid JSON' };
  }
  const wrong = Object.keys(wanted).find(key => typeof args[key] !== wanted[key].type);
  return wrong ? { error: `invalid argument ${wrong}` } : run[name](args);
}

async function main() {
  let input = [{ role: 'user', content: 'I am dana@example.com. Please refund my order.' }];
  let previous = null;
  for (let turn = 0; turn < 8; turn++) {
    const answer = await client.responses.create({
      model: 'gpt-4.1-mini',
      input,
      tools,
      previous_response_id: previous,
    });
    if (answer.status !== 'completed') throw new Error(`the answer is ${answer.status}`);
    const calls = answer.output.filter(({ type }) => type === 'function_call');
    if (calls.length === 0) {
      if (answer.output_text === '') throw new Error('the answer is empty');
      return answer.output_text;
    }
    previous = answer.id;
    input = calls.map(call => ({
      type: 'function_call_output',
      call_id: call.call_id,
      output: JSON.stringify(execute(call)),
    }));
  }
  throw new Error('too many turns');
}

await main().then(
  text => console.log(text),
  error => {
    console.error(`refund agent: failed: ${error.message}`);
    process.exitCode = 1;
  },
);
