/** OpenAI's legacy Completions (https://platform.openai.com/docs/api-reference/completions), and vLLM, llama.cpp and others. */
import { asArray, asNumber, asString, isObject, type Json } from '../../wire/json.ts';
import { objects } from '../answer-body.ts';
import type { Message } from '../call.ts';
import { statedError } from '../call-error.ts';
import type { AnswerReading, Dialect } from '../dialect.ts';
import { textParts } from '../parts.ts';
import { parametersOf } from '../request-fields.ts';
import { modelInPath } from './openai-chat.ts';
import { openaiUsage } from './openai-usage.ts';

export const openaiCompletions: Dialect = {
  id: 'openai-completions',

  matches: ({ path }) => /(?<!\/chat)\/completions\/?$/.test(path) && !/\/v1\/prompts\//.test(path),

  fits: body => 'prompt' in body,

  request: (body, { path }) => ({
    operation: 'text_completion',
    requestModel: asString(body.model) ?? modelInPath(path) ?? null,
    stream: body.stream === true,
    parameters: parametersOf(body, ['model', 'prompt', 'stream']),
    system: [],
    messages: promptMessages(body.prompt),
    tools: [],
  }),

  answer(answer): AnswerReading {
    const texts = new Map<number, { text: string; finish: string | null }>();
    let usage: AnswerReading['usage'] = null;
    let responseModel: string | null = null;
    let responseId: string | null = null;
    let error: AnswerReading['error'] = null;
    for (const value of objects(answer)) {
      responseModel ??= asString(value.model) || null;
      responseId ??= asString(value.id) || null;
      usage = openaiUsage(value.usage) ?? usage;
      error ??= statedError(value);
      for (const choice of asArray(value.choices).filter(isObject)) {
        const index = asNumber(choice.index) ?? 0;
        const before = texts.get(index);
        texts.set(index, {
          text: (before?.text ?? '') + (asString(choice.text) ?? ''),
          finish: asString(choice.finish_reason) ?? before?.finish ?? null,
        });
      }
    }
    const [first, ...rest] = [...texts].sort(([a], [b]) => a - b).map(([, choice]) => choice);
    return {
      responseModel,
      responseId,
      output: { parts: textParts(first?.text), alternatives: rest.map(({ text }) => textParts(text)) },
      usage,
      finishReason: first?.finish ?? null,
      error,
    };
  },
};

/** A prompt is text, several texts (a batch), or token ids. */
export function promptMessages(prompt: Json | undefined): Message[] {
  if (typeof prompt === 'string') return [{ role: 'user', parts: textParts(prompt) }];
  const prompts = asArray(prompt);
  if (prompts.length === 0) return [];
  if (prompts.every(one => typeof one === 'string')) {
    return prompts.map(one => ({ role: 'user', parts: textParts(one) }));
  }
  return [{ role: 'user', parts: [{ type: 'other', kind: 'tokens', value: prompts }] }];
}
