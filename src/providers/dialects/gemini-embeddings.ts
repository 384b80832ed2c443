/**
 * Gemini embedContent and batchEmbedContents (https://ai.google.dev/api/embeddings), and Vertex text embeddings by `:predict`
 * (https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api).
 */
import {
  asArray,
  asNumber,
  asObject,
  asString,
  isObject,
  type Json,
  type JsonObject,
} from '../../wire/json.ts';
import { objects } from '../answer-body.ts';
import type { Message, Part, Usage } from '../call.ts';
import { statedError } from '../call-error.ts';
import { type AnswerReading, type Dialect, NO_ANSWER } from '../dialect.ts';
import { embeddingParts, textParts } from '../parts.ts';
import { parametersOf } from '../request-fields.ts';
import { geminiUsage } from './gemini-generate.ts';
import { modelInPath } from './openai-chat.ts';

export const geminiEmbeddings: Dialect = {
  id: 'gemini-embeddings',

  matches: ({ path }) =>
    /:(embedContent|batchEmbedContents)$/.test(path) || /\/models\/[^/:]*embedding[^/:]*:predict$/.test(path),

  fits: body => ['content', 'requests', 'instances'].some(key => key in body),

  request: (body, { path }) => ({
    operation: 'embeddings',
    requestModel: modelInPath(path) ?? asString(body.model)?.replace(/^models\//, '') ?? null,
    stream: false,
    parameters: parametersOf(body, ['model', 'content', 'requests', 'instances']),
    system: [],
    messages: inputs(body),
    tools: [],
  }),

  answer(answer): AnswerReading {
    const [value] = objects(answer);
    if (!value) return NO_ANSWER;
    const vectors = isObject(value.embedding)
      ? [value.embedding]
      : asArray(value.embeddings ?? value.predictions);
    return {
      ...NO_ANSWER,
      responseModel: asString(value.modelVersion) ?? null,
      output: { parts: embeddingParts(vectors), alternatives: [] },
      usage: geminiUsage(value.usageMetadata) ?? predictedUsage(asArray(value.predictions)),
      error: statedError(value),
    };
  },
};

function inputs(body: JsonObject): Message[] {
  if (Array.isArray(body.instances)) {
    return asArray(body.instances).map(one => ({ role: 'user', parts: textParts(asObject(one).content) }));
  }
  const requests = Array.isArray(body.requests) ? asArray(body.requests) : [body];
  return requests.map(one => ({ role: 'user', parts: contentParts(asObject(one).content) }));
}

function contentParts(content: Json | undefined): Part[] {
  return asArray(asObject(content).parts)
    .filter(isObject)
    .map(
      (part): Part =>
        typeof part.text === 'string'
          ? { type: 'text', text: part.text }
          : { type: 'other', kind: Object.keys(part)[0] ?? 'unknown', value: part },
    );
}

function predictedUsage(predictions: readonly Json[]): Usage | null {
  const counts = predictions.map(one =>
    asNumber(asObject(asObject(asObject(one).embeddings).statistics).token_count),
  );
  if (counts.length === 0 || counts.some(count => count === undefined)) return null;
  const input = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  return { input, output: 0, cachedInput: 0, cacheWrite: 0, reasoning: 0 };
}
