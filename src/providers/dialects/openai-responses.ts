/**
 * OpenAI Responses (https://platform.openai.com/docs/api-reference/responses, its stream:
 * …/api-reference/responses-streaming), also at Azure, OpenRouter, xAI, Groq and ChatGPT's own backend.
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
import { type AnswerBody, isStreamed, objects } from '../answer-body.ts';
import type { Message, Part, ToolDefinition, Usage } from '../call.ts';
import { statedError } from '../call-error.ts';
import { type AnswerReading, type Dialect, NO_ANSWER, type RequestReading, type Target } from '../dialect.ts';
import { textParts, toolCall, toolDefinition } from '../parts.ts';
import { parametersOf } from '../request-fields.ts';
import { modelInPath, roleOf } from './openai-chat.ts';

export const openaiResponses: Dialect = {
  id: 'openai-responses',

  matches: ({ path }) => /\/responses(\/compact|\/input_tokens)?\/?$/.test(path),

  // All of a body's fields may be left out (`previous_response_id`, `prompt`), so each of these will do.
  fits: body => ['input', 'instructions', 'previous_response_id', 'prompt', 'model'].some(key => key in body),

  request(body, { path }: Target): RequestReading {
    const items =
      typeof body.input === 'string' ? [{ role: 'user', content: body.input }] : asArray(body.input);
    const messages = items.map(readItem);
    const spoken = messages.filter(({ role }) => role === 'system').flatMap(({ parts }) => parts);
    return {
      operation: /\/responses\/?$/.test(path) ? 'chat' : 'other',
      requestModel: asString(body.model) ?? modelInPath(path) ?? null,
      stream: body.stream === true,
      parameters: parametersOf(body, ['model', 'input', 'instructions', 'tools', 'stream']),
      system: [...instructionParts(body.instructions), ...spoken],
      messages,
      tools: asArray(body.tools).map(readTool),
    };
  },

  answer(answer: AnswerBody): AnswerReading {
    const values = objects(answer);
    if (isStreamed(answer)) return readStream(values);
    const [only] = values;
    return only ? readResponse(only) : NO_ANSWER;
  },
};

function instructionParts(instructions: Json | undefined): Part[] {
  if (typeof instructions === 'string') return textParts(instructions);
  return asArray(instructions).flatMap(item => readItem(item).parts);
}

function readTool(raw: Json): ToolDefinition {
  const tool = asObject(raw);
  return toolDefinition(raw, tool.name ?? tool.server_label ?? tool.type, tool.description, tool.parameters);
}

/** One item, one message: a reasoning item, a call, a call's output and a message all stand alone in the list. */
function readItem(value: Json): Message {
  const item = asObject(value);
  const type = asString(item.type) ?? 'message';
  if (/_output$/.test(type) && typeof item.call_id === 'string') {
    const content = outputParts(item.output);
    return {
      role: 'tool',
      parts: [{ type: 'tool_result', result: { id: item.call_id, name: null, content, isError: false } }],
    };
  }
  if (type === 'message') return { role: roleOf(item.role), parts: contentParts(item.content) };
  return { role: 'assistant', parts: itemParts(item) };
}

/** A tool's output: text, a list of content parts, or (computer, shell) an object. */
function outputParts(output: Json | undefined): Part[] {
  if (isObject(output)) return [{ type: 'other', kind: asString(output.type) ?? 'output', value: output }];
  return contentParts(output);
}

function contentParts(content: Json | undefined): Part[] {
  if (typeof content === 'string') return textParts(content);
  return asArray(content)
    .filter(isObject)
    .map((part): Part => {
      const type = asString(part.type) ?? 'unknown';
      if (/^(input_text|output_text|text|summary_text)$/.test(type))
        return { type: 'text', text: asString(part.text) ?? '' };
      if (type === 'reasoning_text') return { type: 'reasoning', text: asString(part.text) ?? '' };
      if (type === 'refusal') return { type: 'refusal', text: asString(part.refusal) ?? '' };
      return { type: 'other', kind: type, value: part };
    });
}

/** An output item's parts. A reasoning item without readable text (encrypted) is kept as it is. */
function itemParts(item: JsonObject): Part[] {
  const type = asString(item.type) ?? 'unknown';
  if (type === 'message') return contentParts(item.content);
  if (type === 'function_call')
    return [{ type: 'tool_call', call: toolCall(item.call_id, item.name, item.arguments) }];
  if (type === 'custom_tool_call')
    return [{ type: 'tool_call', call: toolCall(item.call_id, item.name, item.input) }];
  if (type === 'reasoning') {
    const text = [...asArray(item.summary), ...asArray(item.content)]
      .map(piece => asString(asObject(piece).text) ?? '')
      .filter(piece => piece !== '')
      .join('\n\n');
    if (text !== '') return [{ type: 'reasoning', text }];
  }
  return [{ type: 'other', kind: type, value: item }];
}

/** https://platform.openai.com/docs/api-reference/responses/object#responses/object-usage */
export function responsesUsage(value: Json | undefined): Usage | null {
  if (!isObject(value)) return null;
  const input = asNumber(value.input_tokens);
  const output = asNumber(value.output_tokens);
  if (input === undefined && output === undefined) return null;
  const details = asObject(value.input_tokens_details);
  const cost = asNumber(value.cost);
  return {
    input: input ?? 0,
    output: output ?? 0,
    cachedInput: asNumber(details.cached_tokens) ?? 0,
    cacheWrite: asNumber(details.cache_write_tokens) ?? 0,
    reasoning: asNumber(asObject(value.output_tokens_details).reasoning_tokens) ?? 0,
    ...(cost === undefined ? {} : { billedUsd: cost }),
  };
}

/** A whole response object. Its finish reason is why it is incomplete, else its status. */
function readResponse(response: JsonObject): AnswerReading {
  const incomplete = asString(asObject(response.incomplete_details).reason);
  return {
    responseModel: asString(response.model) ?? null,
    responseId: asString(response.id) ?? null,
    output: { parts: asArray(response.output).filter(isObject).flatMap(itemParts), alternatives: [] },
    usage:
      responsesUsage(response.usage) ??
      (response.object === 'response.input_tokens' ? responsesUsage(response) : null),
    finishReason: incomplete ?? asString(response.status) ?? null,
    error: statedError(response),
  };
}

/** The last snapshot of the response says all; items of the stream fill in where it is missing (cut) or left empty (Codex). */
function readStream(values: readonly JsonObject[]): AnswerReading {
  let response: JsonObject = {};
  let ended = false;
  let error: AnswerReading['error'] = null;
  const items = new Map<number, OpenItem>();
  for (const value of values) {
    const type = asString(value.type) ?? '';
    if (isObject(value.response)) {
      response = value.response;
      ended ||= /^response\.(completed|incomplete|failed|cancelled)$/.test(type);
    } else if (type === 'error') {
      error ??= statedError(value) ?? {
        type: asString(value.code) ?? null,
        message: asString(value.message) ?? '',
      };
    } else if (type === 'response.output_item.added' || type === 'response.output_item.done') {
      const done = type.endsWith('done');
      items.set(asNumber(value.output_index) ?? items.size, {
        item: asObject(value.item),
        done,
        deltas: new Map(),
      });
    } else if (type.endsWith('.delta') && typeof value.delta === 'string') {
      const open = items.get(asNumber(value.output_index) ?? -1);
      open?.deltas.set(type, (open.deltas.get(type) ?? '') + value.delta);
    }
  }
  const whole = readResponse(response);
  const streamed = [...items].sort(([a], [b]) => a - b).flatMap(([, item]) => openParts(item));
  const finished = ended || response.status !== 'in_progress';
  return {
    ...whole,
    output: whole.output.parts.length > 0 ? whole.output : { parts: streamed, alternatives: [] },
    finishReason: finished && response.status !== 'queued' ? whole.finishReason : null,
    error: whole.error ?? error,
  };
}

interface OpenItem {
  readonly item: JsonObject;
  readonly done: boolean;
  /** Joined deltas by event type. */
  readonly deltas: Map<string, string>;
}

function openParts({ item, done, deltas }: OpenItem): Part[] {
  if (done || deltas.size === 0) return itemParts(item);
  const delta = (name: string): string | undefined => deltas.get(`response.${name}.delta`);
  if (item.type === 'function_call')
    return itemParts({ ...item, arguments: delta('function_call_arguments') ?? '' });
  if (item.type === 'custom_tool_call')
    return itemParts({ ...item, input: delta('custom_tool_call_input') ?? '' });
  if (item.type === 'reasoning') {
    return textParts(delta('reasoning_summary_text') ?? delta('reasoning_text'), 'reasoning');
  }
  return [...textParts(delta('output_text')), ...textParts(delta('refusal'), 'refusal')];
}
