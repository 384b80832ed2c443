/**
 * Anthropic Messages (https://docs.anthropic.com/en/api/messages, streaming: …/en/api/messages-streaming), also spoken by
 * Bedrock invoke, Vertex rawPredict and many gateways.
 */
import {
  asArray,
  asNumber,
  asObject,
  asString,
  isObject,
  type Json,
  type JsonObject,
  parseJson,
} from '../../wire/json.ts';
import { type AnswerBody, isStreamed, objects } from '../answer-body.ts';
import type { Message, Part, ToolDefinition, Usage } from '../call.ts';
import { statedError } from '../call-error.ts';
import { type AnswerReading, type Dialect, NO_ANSWER, type RequestReading, type Target } from '../dialect.ts';
import { textParts, toolCall, toolDefinition } from '../parts.ts';
import { parametersOf } from '../request-fields.ts';
import { modelInPath, roleOf } from './openai-chat.ts';

const VERTEX = /\/publishers\/anthropic\/models\/[^/]+:(rawPredict|streamRawPredict)$/;

export const anthropicMessages: Dialect = {
  id: 'anthropic-messages',

  // OpenAI's Assistants also end a path in /messages: …/threads/<id>/messages.
  matches: ({ path }) =>
    /(?<!\/threads\/[^/]*)\/messages(\/count_tokens)?\/?$/.test(path) || VERTEX.test(path),

  fits: body => Array.isArray(body.messages),

  request: readAnthropicRequest,
  answer: readAnthropicAnswer,
};

export function readAnthropicRequest(body: JsonObject, { path }: Target): RequestReading {
  const leaveOut = ['model', 'messages', 'system', 'tools', 'stream', 'anthropic_version', 'anthropic_beta'];
  return {
    operation: path.endsWith('/count_tokens') ? 'other' : 'chat',
    requestModel: asString(body.model) ?? modelInPath(path) ?? null,
    stream: body.stream === true || path.endsWith(':streamRawPredict'),
    parameters: parametersOf(body, leaveOut),
    system: contentParts(body.system),
    messages: asArray(body.messages).map(readMessage),
    tools: asArray(body.tools).map(readTool),
  };
}

function readTool(raw: Json): ToolDefinition {
  const tool = asObject(raw);
  return toolDefinition(raw, tool.name ?? tool.type, tool.description, tool.input_schema);
}

/** A user's message that carries tool results and nothing else is the tools' own. */
function readMessage(value: Json): Message {
  const message = asObject(value);
  const parts = contentParts(message.content);
  const onlyResults = parts.length > 0 && parts.every(part => part.type === 'tool_result');
  return { role: onlyResults ? 'tool' : roleOf(message.role), parts };
}

function contentParts(content: Json | undefined): Part[] {
  if (typeof content === 'string') return textParts(content);
  return asArray(content).filter(isObject).map(contentPart);
}

function contentPart(block: JsonObject): Part {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: asString(block.text) ?? '' };
    case 'thinking':
      return { type: 'reasoning', text: asString(block.thinking) ?? '' };
    case 'tool_use':
      return { type: 'tool_call', call: toolCall(block.id, block.name, block.input) };
    case 'tool_result': {
      const id = asString(block.tool_use_id) ?? null;
      const isError = block.is_error === true;
      return {
        type: 'tool_result',
        result: { id, name: null, content: contentParts(block.content), isError },
      };
    }
    default:
      return { type: 'other', kind: asString(block.type) ?? 'unknown', value: block };
  }
}

/**
 * https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching: `input_tokens` leaves out what was read from or
 * written to the cache; ours includes both.
 */
export function anthropicUsage(usage: JsonObject): Usage | null {
  const fresh = asNumber(usage.input_tokens);
  const output = asNumber(usage.output_tokens);
  if (fresh === undefined && output === undefined) return null;
  const cachedInput = asNumber(usage.cache_read_input_tokens) ?? 0;
  const cacheWrite = asNumber(usage.cache_creation_input_tokens) ?? 0;
  const reasoning = asNumber(asObject(usage.output_tokens_details).thinking_tokens) ?? 0;
  return {
    input: (fresh ?? 0) + cachedInput + cacheWrite,
    output: output ?? 0,
    cachedInput,
    cacheWrite,
    reasoning,
  };
}

export function readAnthropicAnswer(answer: AnswerBody): AnswerReading {
  const values = objects(answer);
  const [only] = values;
  if (isStreamed(answer)) return readStream(values);
  if (!only) return NO_ANSWER;
  const usage = isObject(only.usage) ? anthropicUsage(only.usage) : anthropicUsage(only);
  return {
    responseModel: asString(only.model) ?? null,
    responseId: asString(only.id) ?? null,
    output: { parts: contentParts(only.content), alternatives: [] },
    usage,
    finishReason: asString(only.stop_reason) ?? null,
    error: statedError(only),
  };
}

interface Block {
  readonly start: JsonObject;
  text: string;
  json: string;
}

function readStream(values: readonly JsonObject[]): AnswerReading {
  const blocks = new Map<number, Block>();
  let message: JsonObject = {};
  let usage: JsonObject = {};
  let finishReason: string | null = null;
  let error: AnswerReading['error'] = null;
  for (const value of values) {
    switch (value.type) {
      case 'message_start':
        message = asObject(value.message);
        usage = stated(usage, asObject(message.usage));
        break;
      case 'content_block_start':
        blocks.set(asNumber(value.index) ?? blocks.size, {
          start: asObject(value.content_block),
          text: '',
          json: '',
        });
        break;
      case 'content_block_delta':
        addDelta(blocks, asNumber(value.index) ?? blocks.size - 1, asObject(value.delta));
        break;
      case 'message_delta':
        finishReason = asString(asObject(value.delta).stop_reason) ?? finishReason;
        // Counts here are cumulative; what is left out stands as message_start gave it.
        usage = stated(usage, asObject(value.usage));
        break;
      default:
        error ??= statedError(value);
    }
  }
  const ordered = [...blocks].sort(([a], [b]) => a - b).map(([, block]) => finishBlock(block));
  return {
    responseModel: asString(message.model) ?? null,
    responseId: asString(message.id) ?? null,
    output: { parts: ordered.map(contentPart), alternatives: [] },
    usage: anthropicUsage(usage),
    finishReason: finishReason ?? asString(message.stop_reason) ?? null,
    error,
  };
}

function stated(before: JsonObject, now: JsonObject): JsonObject {
  return { ...before, ...Object.fromEntries(Object.entries(now).filter(([, count]) => count !== null)) };
}

function addDelta(blocks: Map<number, Block>, index: number, delta: JsonObject): void {
  let block = blocks.get(index);
  if (!block) {
    // A stream without its block's start (a cut-out, a lax gateway): the delta's own type tells.
    const type =
      delta.type === 'input_json_delta' ? 'tool_use' : delta.type === 'thinking_delta' ? 'thinking' : 'text';
    block = { start: { type }, text: '', json: '' };
    blocks.set(index, block);
  }
  block.text += asString(delta.text) ?? asString(delta.thinking) ?? '';
  block.json += asString(delta.partial_json) ?? '';
}

/** The block as a plain answer would hold it. */
function finishBlock({ start, text, json }: Block): JsonObject {
  if (start.type === 'text') return { ...start, text: (asString(start.text) ?? '') + text };
  if (start.type === 'thinking') return { ...start, thinking: (asString(start.thinking) ?? '') + text };
  if (json === '') return start;
  const input = parseJson(json);
  return { ...start, input: input.ok ? input.value : json };
}
