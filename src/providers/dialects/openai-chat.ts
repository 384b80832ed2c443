/**
 * OpenAI Chat Completions (https://platform.openai.com/docs/api-reference/chat) and the many hosts that speak it. What they
 * add: `reasoning_content` (DeepSeek, vLLM), `reasoning` (OpenRouter, Groq), content as parts (Mistral, Databricks),
 * `x_groq.usage`, tool calls without or with equal `index` (Google, Mistral), errors inside a 200.
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
import type { Message, Part, Role, ToolDefinition } from '../call.ts';
import { statedError } from '../call-error.ts';
import type { AnswerReading, Dialect, RequestReading, Target } from '../dialect.ts';
import { PartsBuilder, textParts, toolCall, toolDefinition } from '../parts.ts';
import { parametersOf, unescaped } from '../request-fields.ts';
import { openaiUsage } from './openai-usage.ts';

export const openaiChat: Dialect = {
  id: 'openai-chat',

  matches({ path, provider }) {
    // Databricks and Azure AI name a deployment in the path and end it in /invocations; Writer's older path is /v1/chat.
    return (
      /\/chat\/completions\/?$/.test(path) ||
      /\/v1\/prompts\/[^/]+\/completions$/.test(path) ||
      (/\/v1\/chat$/.test(path) && provider !== 'cohere') ||
      /\/serving-endpoints\/[^/]+\/invocations$/.test(path) ||
      /\/publishers\/mistralai\/models\/[^/]+:(rawPredict|streamRawPredict)$/.test(path)
    );
  },

  fits: (body, { path }) => Array.isArray(body.messages) || /\/v1\/prompts\//.test(path),

  request: readChatRequest,
  answer: readChatAnswer,
};

/** The deployment in an Azure path, the model elsewhere in the URL; undefined where the path names none. */
export function modelInPath(path: string): string | undefined {
  const named = /\/(?:deployments|engines|serving-endpoints|models)\/([^/:]+)/.exec(path)?.[1];
  return named === undefined ? undefined : unescaped(named);
}

export function readChatRequest(body: JsonObject, target: Target): RequestReading {
  const messages = asArray(body.messages).map(message => readMessage(message));
  const leaveOut = ['model', 'messages', 'tools', 'functions', 'stream'];
  return {
    operation: 'chat',
    requestModel: asString(body.model) ?? modelInPath(target.path) ?? null,
    stream: body.stream === true || target.path.endsWith(':streamRawPredict'),
    parameters: parametersOf(body, leaveOut),
    system: messages.filter(({ role }) => role === 'system').flatMap(({ parts }) => parts),
    messages,
    tools: [...asArray(body.tools).map(chatTool), ...asArray(body.functions).map(functionTool)],
  };
}

function chatTool(raw: Json): ToolDefinition {
  const tool = asObject(raw);
  if (isObject(tool.function)) {
    const { name, description, parameters } = tool.function;
    return toolDefinition(raw, name, description, parameters);
  }
  const custom = asObject(tool.custom);
  return toolDefinition(
    raw,
    custom.name ?? tool.name ?? tool.type,
    custom.description ?? tool.description,
    tool.parameters,
  );
}

function functionTool(raw: Json): ToolDefinition {
  const { name, description, parameters } = asObject(raw);
  return toolDefinition(raw, name, description, parameters);
}

const ROLES: Readonly<Record<string, Role>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool',
  function: 'tool',
};

/** A vendor's role; anything unheard of speaks for the user. */
export function roleOf(role: unknown): Role {
  return (typeof role === 'string' && Object.hasOwn(ROLES, role) && ROLES[role]) || 'user';
}

function readMessage(value: Json): Message {
  const message = asObject(value);
  const role = roleOf(message.role);
  const name = asString(message.name);
  const named = name === undefined || role === 'tool' ? {} : { name };
  if (role !== 'tool') return { role, ...named, parts: messageParts(message) };
  const result = {
    id: asString(message.tool_call_id) ?? null,
    name: name ?? null,
    content: contentParts(message.content),
    isError: false,
  };
  return { role, parts: [{ type: 'tool_result', result }] };
}

/** Parts of a whole message, of a request or an answer. */
function messageParts(message: JsonObject): Part[] {
  const parts: Part[] = [...textParts(reasoningText(message), 'reasoning'), ...contentParts(message.content)];
  parts.push(...textParts(message.refusal, 'refusal'));
  for (const kind of ['audio', 'images'] as const) {
    const value = message[kind];
    if (isObject(value) || (Array.isArray(value) && value.length > 0))
      parts.push({ type: 'other', kind, value });
  }
  for (const call of asArray(message.tool_calls).filter(isObject)) {
    const { name, arguments: args, input } = asObject(call.function ?? call.custom);
    parts.push({ type: 'tool_call', call: toolCall(call.id, name, args ?? input) });
  }
  if (isObject(message.function_call)) {
    parts.push({
      type: 'tool_call',
      call: toolCall(null, message.function_call.name, message.function_call.arguments),
    });
  }
  return parts;
}

/** One of the fields where vendors put reasoning; gateways send the same text in two of them. */
function reasoningText(message: JsonObject): string | undefined {
  return asString(message.reasoning_content) || asString(message.reasoning) || undefined;
}

/** `content`: a string, a list of parts, or null. */
function contentParts(content: Json | undefined): Part[] {
  if (typeof content === 'string') return textParts(content);
  // Cloudflare gives structured output as the object itself.
  if (isObject(content)) return textParts(JSON.stringify(content));
  return asArray(content).flatMap(part =>
    typeof part === 'string' ? textParts(part) : contentPart(asObject(part)),
  );
}

function contentPart(part: JsonObject): Part[] {
  const type = asString(part.type) ?? 'unknown';
  if (type === 'text') return [{ type: 'text', text: asString(part.text) ?? '' }];
  if (type === 'refusal') return textParts(part.refusal, 'refusal');
  // Mistral: {type: thinking, thinking: [{text}]}; Databricks: {type: reasoning, summary: [{text}]}
  if (type === 'thinking' || type === 'reasoning')
    return textParts(nestedText(part.thinking ?? part.summary), 'reasoning');
  return [{ type: 'other', kind: type, value: part }];
}

function nestedText(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  return asArray(value)
    .map(piece => asString(asObject(piece).text) ?? '')
    .join('');
}

interface Choice {
  readonly builder: PartsBuilder;
  /** Key of the tool call that an index now stands for. */
  readonly toolKeys: Map<number, string>;
  tools: number;
  finish: string | null;
}

export function readChatAnswer(answer: AnswerBody): AnswerReading {
  const values = objects(answer);
  // Some hosts stream whole `chat.completion` objects, some send one chunk as plain JSON: each choice says what it is.
  const choices = new Map<number, Choice>();
  let usage: AnswerReading['usage'] = null;
  let responseModel: string | null = null;
  let responseId: string | null = null;
  let error: AnswerReading['error'] = null;
  for (const value of values) {
    responseModel ??= asString(value.model) || null;
    responseId ??= asString(value.id) || null;
    const groq = asObject(value.x_groq);
    usage = openaiUsage(value.usage) ?? openaiUsage(groq.usage) ?? usage;
    error ??= statedError(value) ?? statedError(groq);
    for (const raw of asArray(value.choices).filter(isObject)) {
      const choice = choiceAt(choices, asNumber(raw.index) ?? 0);
      choice.finish = asString(raw.finish_reason) ?? choice.finish;
      error ??= statedError(raw);
      // Perplexity sends both: a whole answer has an empty delta, a stream repeats all of the message each time.
      if (isObject(raw.message) && !isStreamed(answer)) addDelta(choice, raw.message, 'whole');
      else if (isObject(raw.delta)) addDelta(choice, raw.delta);
      else if (isObject(raw.message)) addDelta(choice, raw.message);
    }
  }
  const [first, ...rest] = [...choices].sort(([a], [b]) => a - b).map(([, choice]) => choice);
  return {
    responseModel,
    responseId,
    output: { parts: first?.builder.parts() ?? [], alternatives: rest.map(({ builder }) => builder.parts()) },
    usage,
    finishReason: first?.finish ?? null,
    error,
  };
}

function choiceAt(choices: Map<number, Choice>, index: number): Choice {
  let choice = choices.get(index);
  if (!choice) {
    choice = { builder: new PartsBuilder(), toolKeys: new Map(), tools: 0, finish: null };
    choices.set(index, choice);
  }
  return choice;
}

function addDelta(choice: Choice, delta: JsonObject, kind: 'whole' | 'piece' = 'piece'): void {
  const { builder } = choice;
  if (kind === 'whole') {
    builder.add(messageParts(delta));
    return;
  }
  builder.text('reasoning', 'reasoning', reasoningText(delta));
  for (const part of contentParts(delta.content)) {
    if (part.type === 'text' || part.type === 'reasoning' || part.type === 'refusal') {
      builder.text(part.type, part.type, part.text);
    } else builder.add([part]);
  }
  builder.text('refusal', 'refusal', delta.refusal);
  for (const call of asArray(delta.tool_calls).filter(isObject)) addToolDelta(choice, call);
  if (isObject(delta.function_call)) {
    builder.tool('function', { name: delta.function_call.name, args: delta.function_call.arguments });
  }
}

/** A new call begins where its index is new, where none is given, or where an index comes back with another id. */
function addToolDelta(choice: Choice, call: JsonObject): void {
  const { name, arguments: args, input } = asObject(call.function ?? call.custom);
  const id = asString(call.id) || undefined;
  const given = asNumber(call.index);
  const index = given ?? (id === undefined && choice.tools > 0 ? choice.tools - 1 : choice.tools);
  let key = choice.toolKeys.get(index);
  const known = key === undefined ? undefined : choice.builder.toolId(key);
  if (key === undefined || (id !== undefined && known && known !== id)) {
    key = `tool ${choice.tools++}`;
    choice.toolKeys.set(index, key);
  }
  choice.builder.tool(key, { id, name, args: args ?? input });
}
