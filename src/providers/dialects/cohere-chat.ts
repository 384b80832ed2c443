/** Cohere Chat, v1 and v2 (https://docs.cohere.com/v1/reference/chat, https://docs.cohere.com/reference/chat). */
import {
  asArray,
  asNumber,
  asObject,
  asString,
  isObject,
  type Json,
  type JsonObject,
} from '../../wire/json.ts';
import { type AnswerBody, isStreamed, objects } from '../answer-body.ts';
import type { Message, Part, Role, ToolDefinition, Usage } from '../call.ts';
import { statedError } from '../call-error.ts';
import { type AnswerReading, type Dialect, NO_ANSWER, type RequestReading } from '../dialect.ts';
import { PartsBuilder, textParts, toolCall, toolDefinition } from '../parts.ts';
import { parametersOf } from '../request-fields.ts';
import { roleOf } from './openai-chat.ts';

export const cohereChat: Dialect = {
  id: 'cohere-chat',
  matches: ({ path }) => /\/v[12]\/chat\/?$/.test(path),
  // v2's body has OpenAI's shape; its path tells it from Writer's /v1/chat.
  fits: (body, { path }) =>
    typeof body.message === 'string' || (/\/v2\/chat\/?$/.test(path) && Array.isArray(body.messages)),
  request: readCohereRequest,
  answer: readCohereAnswer,
};

export function readCohereRequest(body: JsonObject): RequestReading {
  const v2 = Array.isArray(body.messages);
  const messages = v2 ? asArray(body.messages).map(readMessage) : history(body);
  const spoken = messages.filter(({ role }) => role === 'system').flatMap(({ parts }) => parts);
  const leaveOut = [
    'model',
    'message',
    'messages',
    'chat_history',
    'preamble',
    'tools',
    'tool_results',
    'stream',
  ];
  return {
    operation: 'chat',
    requestModel: asString(body.model) ?? null,
    stream: body.stream === true,
    parameters: parametersOf(body, leaveOut),
    system: [...textParts(body.preamble), ...spoken],
    messages,
    tools: asArray(body.tools).map(readTool),
  };
}

function readTool(raw: Json): ToolDefinition {
  const tool = asObject(raw);
  const { name, description, parameters } = isObject(tool.function) ? tool.function : tool;
  return toolDefinition(raw, name, description, parameters ?? tool.parameter_definitions);
}

const V1_ROLES: Readonly<Record<string, Role>> = {
  USER: 'user',
  CHATBOT: 'assistant',
  SYSTEM: 'system',
  TOOL: 'tool',
};

/** v1: what was said before, then the message, then results of tools. */
function history(body: JsonObject): Message[] {
  const said = asArray(body.chat_history).map((value): Message => {
    const turn = asObject(value);
    const role = V1_ROLES[asString(turn.role) ?? ''] ?? 'user';
    return {
      role,
      parts: [...textParts(turn.message), ...v1Calls(turn.tool_calls), ...v1Results(turn.tool_results)],
    };
  });
  const results = v1Results(body.tool_results);
  const now: Message[] = asString(body.message) ? [{ role: 'user', parts: textParts(body.message) }] : [];
  return [...said, ...now, ...(results.length > 0 ? [{ role: 'tool' as const, parts: results }] : [])];
}

function v1Calls(calls: Json | undefined): Part[] {
  return asArray(calls)
    .filter(isObject)
    .map(call => ({ type: 'tool_call', call: toolCall(null, call.name, call.parameters) }));
}

function v1Results(results: Json | undefined): Part[] {
  return asArray(results)
    .filter(isObject)
    .map(({ call, outputs }) => {
      const name = asString(asObject(call).name) ?? null;
      const content = textParts(JSON.stringify(outputs ?? null));
      return { type: 'tool_result', result: { id: null, name, content, isError: false } };
    });
}

function readMessage(value: Json): Message {
  const message = asObject(value);
  const role = roleOf(message.role);
  if (role !== 'tool') return { role, parts: messageParts(message) };
  const id = asString(message.tool_call_id) ?? null;
  return {
    role,
    parts: [
      {
        type: 'tool_result',
        result: { id, name: null, content: contentParts(message.content), isError: false },
      },
    ],
  };
}

function messageParts(message: JsonObject): Part[] {
  const calls = asArray(message.tool_calls).filter(isObject);
  return [
    ...textParts(message.tool_plan, 'reasoning'),
    ...contentParts(message.content),
    ...calls.map(({ id, function: fn }): Part => {
      const { name, arguments: args } = asObject(fn);
      return { type: 'tool_call', call: toolCall(id, name, args) };
    }),
  ];
}

function contentParts(content: Json | undefined): Part[] {
  if (typeof content === 'string') return textParts(content);
  return asArray(content)
    .filter(isObject)
    .map((part): Part => {
      if (part.type === 'text') return { type: 'text', text: asString(part.text) ?? '' };
      if (part.type === 'thinking') return { type: 'reasoning', text: asString(part.thinking) ?? '' };
      return { type: 'other', kind: asString(part.type) ?? 'unknown', value: part };
    });
}

/** v1: `meta`, v2: `usage`. `tokens` counts what the model saw, `billed_units` what is paid for. */
export function cohereUsage(counts: Json | undefined): Usage | null {
  const { tokens, billed_units: billed, cached_tokens: cached } = asObject(counts);
  const { input_tokens: input, output_tokens: output } = asObject(tokens ?? billed);
  if (asNumber(input) === undefined && asNumber(output) === undefined) return null;
  return {
    input: asNumber(input) ?? 0,
    output: asNumber(output) ?? 0,
    cachedInput: asNumber(cached) ?? 0,
    cacheWrite: 0,
    reasoning: 0,
  };
}

export function readCohereAnswer(answer: AnswerBody): AnswerReading {
  const values = objects(answer);
  const [only] = values;
  if (isStreamed(answer)) return readStream(values);
  return only ? readWhole(only) : NO_ANSWER;
}

function readWhole(value: JsonObject): AnswerReading {
  const v1 = [...textParts(value.text), ...v1Calls(value.tool_calls)];
  return {
    responseModel: asString(value.model) ?? null,
    responseId: asString(value.response_id) ?? asString(value.id) ?? asString(value.generation_id) ?? null,
    output: { parts: isObject(value.message) ? messageParts(value.message) : v1, alternatives: [] },
    usage: cohereUsage(value.usage) ?? cohereUsage(value.meta),
    finishReason: asString(value.finish_reason) ?? null,
    error: statedError(value),
  };
}

function readStream(values: readonly JsonObject[]): AnswerReading {
  const builder = new PartsBuilder();
  let { responseId, usage, finishReason, error } = NO_ANSWER;
  for (const value of values) {
    error ??= statedError(value);
    responseId ??= asString(value.id) ?? asString(value.generation_id) ?? null;
    // v1 repeats the whole answer at its end.
    if (value.event_type === 'stream-end' && isObject(value.response)) {
      const whole = readWhole(value.response);
      return { ...whole, finishReason: asString(value.finish_reason) ?? whole.finishReason, error };
    }
    if (value.event_type === 'text-generation') builder.text('text', 'text', value.text);
    if (value.event_type === 'tool-calls-generation') builder.add(v1Calls(value.tool_calls));
    const delta = asObject(value.delta);
    addDelta(builder, asNumber(value.index) ?? 0, asObject(delta.message));
    if (value.type === 'message-end') {
      finishReason = asString(delta.finish_reason) ?? null;
      usage = cohereUsage(delta.usage);
      const said = asString(delta.error);
      if (said !== undefined) error ??= { type: finishReason, message: said };
    }
  }
  return {
    ...NO_ANSWER,
    responseId,
    output: { parts: builder.parts(), alternatives: [] },
    usage,
    finishReason,
    error,
  };
}

function addDelta(builder: PartsBuilder, index: number, message: JsonObject): void {
  builder.text('plan', 'reasoning', message.tool_plan);
  if (isObject(message.content)) {
    builder.text(`thinking ${index}`, 'reasoning', message.content.thinking);
    builder.text(`text ${index}`, 'text', message.content.text);
  }
  if (isObject(message.tool_calls)) {
    const { name, arguments: args } = asObject(message.tool_calls.function);
    builder.tool(`tool ${index}`, { id: message.tool_calls.id, name, args });
  }
}
