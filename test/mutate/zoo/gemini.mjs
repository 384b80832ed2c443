// Google's SDK, whole answers, and a loop that looks at nothing.
import { appendFileSync } from 'node:fs';
import { GoogleGenAI } from '@google/genai';

const { models } = new GoogleGenAI({ apiKey: process.env.GEMINI_API_KEY, httpOptions: { timeout: 2_500 } });
const parameters = properties => ({ type: 'object', properties, required: Object.keys(properties) });
const functionDeclarations = [
  { name: 'find_order', parametersJsonSchema: parameters({ email: { type: 'string' } }) },
  {
    name: 'refund',
    parametersJsonSchema: parameters({ order: { type: 'string' }, amount: { type: 'number' } }),
  },
];
const run = {
  find_order: () => ({ order: 'A-17', paid: 40 }),
  refund(args) {
    appendFileSync('refunds.log', `${JSON.stringify(args)}\n`);
    return { refunded: args.amount ?? 'all' };
  },
};

const contents = [{ role: 'user', parts: [{ text: 'I am dana@example.com. Please refund my order.' }] }];
for (let turn = 0; turn < 8; turn++) {
  const answer = await models.generateContent({
    model: 'gemini-2.5-flash',
    contents,
    config: { tools: [{ functionDeclarations }] },
  });
  if (!answer.functionCalls) {
    console.log(answer.text ?? '');
    break;
  }
  const parts = answer.functionCalls.map(({ id, name, args }) => ({
    functionResponse: { id, name, response: { output: run[name](args) } },
  }));
  contents.push(answer.candidates[0].content, { role: 'user', parts });
}
