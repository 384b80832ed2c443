// Vercel's AI SDK, generateText with its own tool loop. Errors end it with a message and an exit code.
import { appendFileSync } from 'node:fs';
import { createOpenAI } from '@ai-sdk/openai';
import { generateText, jsonSchema, stepCountIs, tool } from 'ai';

const schema = properties => jsonSchema({ type: 'object', properties, required: Object.keys(properties) });
const tools = {
  find_order: tool({
    inputSchema: schema({ email: { type: 'string' } }),
    execute: async () => ({ order: 'A-17', paid: 40 }),
  }),
  refund: tool({
    inputSchema: schema({ order: { type: 'string' }, amount: { type: 'number' } }),
    execute: async args => {
      appendFileSync('refunds.log', `${JSON.stringify(args)}\n`);
      return { refunded: args.amount ?? 'all' };
    },
  }),
};

try {
  const { text } = await generateText({
    model: createOpenAI().chat('gpt-4.1-mini'),
    prompt: 'I am dana@example.com. Please refund my order.',
    tools,
    stopWhen: stepCountIs(8),
    abortSignal: AbortSignal.timeout(60_000),
  });
  console.log(text);
} catch (error) {
  console.error(`refund agent failed: ${error.message}`);
  process.exitCode = 1;
}
