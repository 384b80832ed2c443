// Vercel's AI SDK, streamText with its own tool loop. Whatever goes wrong, it begins anew, refund and all.
import { appendFileSync } from 'node:fs';
import { createOpenAI } from '@ai-sdk/openai';
import { jsonSchema, stepCountIs, streamText, tool } from 'ai';

interface Refund {
  readonly order: string;
  readonly amount: number;
}

const schema = <T>(properties: Record<string, { type: 'string' | 'number' }>) =>
  jsonSchema<T>({ type: 'object', properties, required: Object.keys(properties) });

const tools = {
  find_order: tool({
    inputSchema: schema<{ email: string }>({ email: { type: 'string' } }),
    execute: async () => ({ order: 'A-17', paid: 40 }),
  }),
  refund: tool({
    inputSchema: schema<Refund>({ order: { type: 'string' }, amount: { type: 'number' } }),
    execute: async args => {
      appendFileSync('refunds.log', `${JSON.stringify(args)}\n`);
      return { refunded: args.amount ?? 'all' };
    },
  }),
};

async function attempt(): Promise<string> {
  let failure: unknown;
  const { textStream } = streamText({
    model: createOpenAI().chat('gpt-4.1-mini'),
    prompt: 'I am dana@example.com. Please refund my order.',
    tools,
    stopWhen: stepCountIs(8),
    maxRetries: 0,
    abortSignal: AbortSignal.timeout(60_000),
    onError: ({ error }) => {
      failure = error;
    },
  });
  let text = '';
  for await (const piece of textStream) text += piece;
  if (failure) throw failure;
  if (text === '') throw new Error('the model gave no answer');
  return text;
}

for (let left = 2; ; left--) {
  try {
    console.log(await attempt());
    break;
  } catch (error) {
    if (left > 0) continue;
    console.error(`refund agent failed: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
    break;
  }
}
