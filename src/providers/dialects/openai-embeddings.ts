/** OpenAI Embeddings (https://platform.openai.com/docs/api-reference/embeddings), also Mistral, Voyage, Jina and others. */
import { asArray, asNumber, asObject, asString } from '../../wire/json.ts';
import { objects } from '../answer-body.ts';
import { statedError } from '../call-error.ts';
import { type AnswerReading, type Dialect, NO_ANSWER } from '../dialect.ts';
import { embeddingParts } from '../parts.ts';
import { parametersOf } from '../request-fields.ts';
import { modelInPath } from './openai-chat.ts';
import { promptMessages } from './openai-completions.ts';
import { openaiUsage } from './openai-usage.ts';

export const openaiEmbeddings: Dialect = {
  id: 'openai-embeddings',

  // Ollama's /api/embeddings has `prompt`.
  matches: ({ path }) => /\/embeddings\/?$/.test(path),

  fits: body => 'input' in body,

  request: (body, { path }) => ({
    operation: 'embeddings',
    requestModel: asString(body.model) ?? modelInPath(path) ?? null,
    stream: false,
    parameters: parametersOf(body, ['model', 'input']),
    system: [],
    messages: promptMessages(body.input),
    tools: [],
  }),

  answer(answer): AnswerReading {
    const [value] = objects(answer);
    if (!value) return NO_ANSWER;
    // Voyage and Jina give the total only.
    const total = asNumber(asObject(value.usage).total_tokens);
    const counted =
      total === undefined ? null : { input: total, output: 0, cachedInput: 0, cacheWrite: 0, reasoning: 0 };
    return {
      ...NO_ANSWER,
      responseModel: asString(value.model) ?? null,
      responseId: asString(value.id) ?? null,
      output: { parts: embeddingParts(asArray(value.data)), alternatives: [] },
      usage: openaiUsage(value.usage) ?? counted,
      error: statedError(value),
    };
  },
};
