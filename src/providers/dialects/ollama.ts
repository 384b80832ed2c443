/** Ollama's own API (https://docs.ollama.com/api): chat, generate, embed. Streams (ndjson) unless told not to. */
import {
  asArray,
  asNumber,
  asObject,
  asString,
  isObject,
  type Json,
  type JsonObject,
} from '../../wire/json.ts';
import { type AnswerBody, objects } from '../answer-body.ts';
import type { Message, Part, Usage } from '../call.ts';
import { statedError } from '../call-error.ts';
import { type AnswerReading, type Dialect, NO_ANSWER } from '../dialect.ts';
import { embeddingParts, PartsBuilder, textParts, toolCall, toolDefinition } from '../parts.ts';
import { parametersOf } from '../request-fields.ts';
import { roleOf } from './openai-chat.ts';
import { promptMessages } from './openai-completions.ts';

export const ollamaChat: Dialect = {
  id: 'ollama-chat',
  matches: ({ path }) => path.endsWith('/api/chat'),
  fits: body => Array.isArray(body.messages) && typeof body.model === 'string',

  request(body) {
    const messages = asArray(body.messages).map(readMessage);
    return {
      operation: 'chat',
      requestModel: asString(body.model) ?? null,
      stream: body.stream !== false,
      parameters: parametersOf(body, ['model', 'messages', 'tools', 'stream']),
      system: messages.filter(({ role }) => role === 'system').flatMap(({ parts }) => parts),
      messages,
      tools: asArray(body.tools).map(raw => {
        const { name, description, parameters } = asObject(asObject(raw).function);
        return toolDefinition(raw, name, description, parameters);
      }),
    };
  },

  answer(answer): AnswerReading {
    const builder = new PartsBuilder();
    for (const value of objects(answer)) {
      const message = asObject(value.message);
      builder.text('reasoning', 'reasoning', message.thinking);
      builder.text('text', 'text', message.content);
      builder.add(calls(message));
    }
    return { ...readEnd(answer), output: { parts: builder.parts(), alternatives: [] } };
  },
};

export const ollamaGenerate: Dialect = {
  id: 'ollama-generate',
  matches: ({ path }) => path.endsWith('/api/generate'),
  // An empty prompt loads the model.
  fits: body => typeof body.model === 'string',

  request: body => ({
    operation: 'text_completion',
    requestModel: asString(body.model) ?? null,
    stream: body.stream !== false,
    parameters: parametersOf(body, ['model', 'prompt', 'system', 'stream', 'images']),
    system: textParts(body.system),
    messages: [{ role: 'user', parts: [...textParts(body.prompt), ...images(body)] }],
    tools: [],
  }),

  answer(answer): AnswerReading {
    const builder = new PartsBuilder();
    for (const value of objects(answer)) {
      builder.text('reasoning', 'reasoning', value.thinking);
      builder.text('text', 'text', value.response);
    }
    return { ...readEnd(answer), output: { parts: builder.parts(), alternatives: [] } };
  },
};

export const ollamaEmbed: Dialect = {
  id: 'ollama-embed',
  matches: ({ path }) => /\/api\/(embed|embeddings)$/.test(path),
  fits: body => typeof body.model === 'string' && ('input' in body || 'prompt' in body),

  request: body => ({
    operation: 'embeddings',
    requestModel: asString(body.model) ?? null,
    stream: false,
    parameters: parametersOf(body, ['model', 'input', 'prompt']),
    system: [],
    messages: promptMessages(body.input ?? body.prompt),
    tools: [],
  }),

  answer(answer): AnswerReading {
    const vectors = objects(answer).flatMap(value =>
      Array.isArray(value.embedding) ? [value.embedding] : asArray(value.embeddings),
    );
    return { ...readEnd(answer), output: { parts: embeddingParts(vectors), alternatives: [] } };
  },
};

function readMessage(value: Json): Message {
  const message = asObject(value);
  const role = roleOf(message.role);
  if (role === 'tool') {
    const name = asString(message.tool_name) ?? asString(message.name) ?? null;
    const id = asString(message.tool_call_id) ?? null;
    return {
      role,
      parts: [
        { type: 'tool_result', result: { id, name, content: textParts(message.content), isError: false } },
      ],
    };
  }
  return {
    role,
    parts: [
      ...textParts(message.thinking, 'reasoning'),
      ...textParts(message.content),
      ...images(message),
      ...calls(message),
    ],
  };
}

function images(value: JsonObject): Part[] {
  return asArray(value.images).map(image => ({ type: 'other', kind: 'image', value: image }));
}

function calls(message: JsonObject): Part[] {
  return asArray(message.tool_calls)
    .filter(isObject)
    .map(call => {
      const { name, arguments: args } = asObject(call.function);
      return { type: 'tool_call', call: toolCall(call.id, name, args) };
    });
}

/** Model, counts and reason: in a stream they stand in the last line. */
function readEnd(answer: AnswerBody): AnswerReading {
  const values = objects(answer);
  const end = values.findLast(value => value.done === true || 'prompt_eval_count' in value) ?? {};
  const error = values.map(statedError).find(one => one !== null) ?? null;
  return {
    ...NO_ANSWER,
    responseModel: values.map(value => asString(value.model)).find(model => model !== undefined) ?? null,
    usage: ollamaUsage(end),
    finishReason: asString(end.done_reason) ?? null,
    error,
  };
}

/** A prompt that is all in the cache has no count. */
function ollamaUsage(end: JsonObject): Usage | null {
  const input = asNumber(end.prompt_eval_count);
  const output = asNumber(end.eval_count);
  if (input === undefined && output === undefined) return null;
  return { input: input ?? 0, output: output ?? 0, cachedInput: 0, cacheWrite: 0, reasoning: 0 };
}
