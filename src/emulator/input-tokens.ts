import type { Prompt } from './prompt.ts';
import { countTokens } from './tokens.ts';

/** Plausible input tokens: all texts, tools as JSON, and a few for each message's frame. */
export function inputTokens(prompt: Prompt): number {
  const messages = prompt.messages.map(message => {
    const calls = message.role === 'assistant' ? JSON.stringify(message.toolCalls) : '';
    return 4 + countTokens(message.text) + (calls.length > 2 ? countTokens(calls) : 0);
  });
  const tools = prompt.tools.map(tool => 8 + countTokens(JSON.stringify(tool)));
  const system = prompt.system === '' ? 0 : 4 + countTokens(prompt.system);
  return [3, system, ...messages, ...tools].reduce((sum, count) => sum + count);
}
