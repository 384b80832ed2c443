/**
 * Amazon Bedrock Converse and ConverseStream
 * (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html); Nova's own bodies are the same.
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
import { parametersOf, unescaped } from '../request-fields.ts';
import { roleOf } from './openai-chat.ts';

export const bedrockConverse: Dialect = {
  id: 'bedrock-converse',
  matches: ({ path }) => /\/model\/[^/]+\/converse(-stream)?$/.test(path),
  // A stored prompt needs no messages.
  fits: body => Array.isArray(body.messages) || isObject(body.promptVariables),
  request: readConverseRequest,
  answer: readConverseAnswer,
};

/** The model id or ARN that a Bedrock path names. */
export function bedrockModel(path: string): string | null {
  const named = /\/model\/(.+)\/(?:converse|converse-stream|invoke|invoke-with-response-stream)$/.exec(
    path,
  )?.[1];
  return named === undefined ? null : unescaped(named);
}

export function readConverseRequest(body: JsonObject, { path }: Target): RequestReading {
  const tools = asArray(asObject(body.toolConfig).tools);
  return {
    operation: 'chat',
    requestModel: bedrockModel(path),
    stream: /stream$/.test(path),
    parameters: parametersOf(body, ['messages', 'system', 'toolConfig', 'schemaVersion']),
    system: contentParts(body.system),
    messages: asArray(body.messages).map(readMessage),
    tools: tools.map(readTool),
  };
}

function readTool(raw: Json): ToolDefinition {
  const spec = asObject(asObject(raw).toolSpec);
  const kind = Object.keys(asObject(raw))[0];
  return toolDefinition(raw, spec.name ?? kind, spec.description, asObject(spec.inputSchema).json);
}

function readMessage(value: Json): Message {
  const message = asObject(value);
  const parts = contentParts(message.content);
  const onlyResults =
    parts.length > 0 && parts.every(part => part.type === 'tool_result' || isCachePoint(part));
  return { role: onlyResults ? 'tool' : roleOf(message.role), parts };
}

function isCachePoint(part: Part): boolean {
  return part.type === 'other' && part.kind === 'cachePoint';
}

function contentParts(content: Json | undefined): Part[] {
  if (typeof content === 'string') return textParts(content);
  return asArray(content).filter(isObject).map(contentPart);
}

function contentPart(block: JsonObject): Part {
  if (typeof block.text === 'string') return { type: 'text', text: block.text };
  if (isObject(block.toolUse)) {
    const { toolUseId, name, input } = block.toolUse;
    return { type: 'tool_call', call: toolCall(toolUseId, name, input) };
  }
  if (isObject(block.toolResult)) {
    const { toolUseId, content, status } = block.toolResult;
    const result = {
      id: asString(toolUseId) ?? null,
      name: null,
      content: contentParts(content),
      isError: status === 'error',
    };
    return { type: 'tool_result', result };
  }
  const reasoning = asString(asObject(asObject(block.reasoningContent).reasoningText).text);
  if (reasoning !== undefined) return { type: 'reasoning', text: reasoning };
  return { type: 'other', kind: Object.keys(block)[0] ?? 'unknown', value: block };
}

/** `inputTokens` leaves out the cache's share (https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html). */
function converseUsage(value: Json | undefined): Usage | null {
  if (!isObject(value)) return null;
  const fresh = asNumber(value.inputTokens);
  const output = asNumber(value.outputTokens);
  if (fresh === undefined && output === undefined) return null;
  const cachedInput = asNumber(value.cacheReadInputTokens) ?? asNumber(value.cacheReadInputTokenCount) ?? 0;
  const cacheWrite = asNumber(value.cacheWriteInputTokens) ?? asNumber(value.cacheWriteInputTokenCount) ?? 0;
  return {
    input: (fresh ?? 0) + cachedInput + cacheWrite,
    output: output ?? 0,
    cachedInput,
    cacheWrite,
    reasoning: 0,
  };
}

export function readConverseAnswer(answer: AnswerBody): AnswerReading {
  if (isStreamed(answer)) return readStream(answer);
  const [only] = objects(answer);
  if (!only) return NO_ANSWER;
  return {
    ...NO_ANSWER,
    output: { parts: contentParts(asObject(asObject(only.output).message).content), alternatives: [] },
    usage: converseUsage(only.usage),
    finishReason: asString(only.stopReason) ?? null,
    error: statedError(only),
  };
}

interface Block {
  readonly start: JsonObject;
  text: string;
  reasoning: string;
  input: string;
}

function readStream(answer: AnswerBody): AnswerReading {
  const blocks = new Map<number, Block>();
  let { usage, finishReason, error } = NO_ANSWER;
  for (const { event, exception, value } of answer.values) {
    const [name, payload] = named(event, asObject(value));
    if (exception) error ??= { type: event ?? null, message: asString(payload.message) ?? '' };
    const index = asNumber(payload.contentBlockIndex) ?? 0;
    if (name === 'contentBlockStart') blocks.set(index, newBlock(asObject(payload.start)));
    if (name === 'contentBlockDelta') {
      const block = blocks.get(index) ?? newBlock({});
      blocks.set(index, block);
      addDelta(block, asObject(payload.delta));
    }
    if (name === 'messageStop') finishReason = asString(payload.stopReason) ?? finishReason;
    if (name === 'metadata') usage = converseUsage(payload.usage) ?? usage;
  }
  const parts = [...blocks].sort(([a], [b]) => a - b).flatMap(([, block]) => finishBlock(block));
  return { ...NO_ANSWER, output: { parts, alternatives: [] }, usage, finishReason, error };
}

/** Converse names an event in the frame's head, Nova by the payload's only key. */
function named(event: string | undefined, value: JsonObject): readonly [string, JsonObject] {
  if (event !== undefined && event !== 'chunk') return [event, value];
  const [key = '', inner] = Object.entries(value)[0] ?? [];
  return [key, asObject(inner)];
}

function newBlock(start: JsonObject): Block {
  return { start, text: '', reasoning: '', input: '' };
}

function addDelta(block: Block, delta: JsonObject): void {
  block.text += asString(delta.text) ?? '';
  block.reasoning += asString(asObject(delta.reasoningContent).text) ?? '';
  const { input } = asObject(delta.toolUse);
  // Nova's invoke stream may send the whole object.
  block.input += typeof input === 'string' ? input : input === undefined ? '' : JSON.stringify(input);
}

function finishBlock({ start, text, reasoning, input }: Block): Part[] {
  if (isObject(start.toolUse)) {
    const read = parseJson(input);
    const args = read.ok ? read.value : input === '' ? {} : input;
    return [{ type: 'tool_call', call: toolCall(start.toolUse.toolUseId, start.toolUse.name, args) }];
  }
  const parts = [...textParts(reasoning, 'reasoning'), ...textParts(text)];
  return parts.length === 0 && Object.keys(start).length > 0 ? [contentPart(start)] : parts;
}
