import { type ChatApi, eventsOf, type Incoming, Refused, seconds, type Usage, type Writing } from '../api.ts';
import { textOf, toolCallsOf } from '../completion.ts';
import { contentText, type Fields, fields, list, numberOrNull, text, textOrNull } from '../fields.ts';
import { type Prompt, type PromptMessage, type PromptTool, parsedOrText } from '../prompt.ts';
import type { Random } from '../random.ts';
import { dataEvent } from '../sse.ts';
import { openai } from './openai.ts';

/** POST /v1/chat/completions */
export const openaiChat: ChatApi = {
  kind: 'chat',
  vendor: openai,
  dialect: 'openai-chat',
  contentType: 'application/json',
  streamContentType: () => 'text/event-stream; charset=utf-8',
  read: request => readChatPrompt(request, 'openai'),
  whole: writing => `${JSON.stringify(chatCompletion(writing), null, 2)}\n`,
  stream: writing => [
    ...chatChunks(writing).map(chunk => dataEvent(JSON.stringify(chunk))),
    dataEvent('[DONE]'),
  ],
};

export function readChatPrompt(request: Incoming, provider: 'openai' | 'azure', deployment?: string): Prompt {
  const body = fields(request.json);
  const model = deployment ?? text(body.model);
  if (model === '') throw new Refused('invalid_request', 'you must provide a model parameter');
  if (!Array.isArray(body.messages))
    throw new Refused('invalid_request', "Missing required parameter: 'messages'.");
  const messages = list(body.messages).map(fields);
  return {
    provider,
    model,
    stream: body.stream === true,
    system: messages.filter(isSystem).map(systemText).join('\n'),
    messages: messages.filter(message => !isSystem(message)).map(readMessage),
    tools: list(body.tools).map(readTool),
    toolChoice: readToolChoice(body.tool_choice),
    maxTokens: numberOrNull(body.max_completion_tokens) ?? numberOrNull(body.max_tokens),
    schema: readSchema(fields(body.response_format)),
    choices: Math.min(8, Math.max(1, numberOrNull(body.n) ?? 1)),
    temperature: numberOrNull(body.temperature),
  };
}

function isSystem(message: Fields): boolean {
  return message.role === 'system' || message.role === 'developer';
}

function systemText(message: Fields): string {
  return contentText(message.content);
}

function readMessage(message: Fields): PromptMessage {
  const content = contentText(message.content);
  if (message.role === 'tool') {
    return { role: 'tool', id: textOrNull(message.tool_call_id), name: null, text: content };
  }
  if (message.role !== 'assistant') return { role: 'user', text: content };
  const toolCalls = list(message.tool_calls).map(value => {
    const call = fields(value);
    const tool = fields(call.function);
    return {
      id: textOrNull(call.id),
      name: text(tool.name),
      arguments: parsedOrText(text(tool.arguments)),
    };
  });
  return { role: 'assistant', text: content, toolCalls };
}

function readTool(value: unknown): PromptTool {
  const tool = fields(fields(value).function);
  return { name: text(tool.name), parameters: tool.parameters };
}

function readToolChoice(value: unknown): Prompt['toolChoice'] {
  if (value === 'none') return 'none';
  if (value === 'required') return 'any';
  const name = text(fields(fields(value).function).name);
  return name === '' ? 'auto' : { name };
}

function readSchema(format: Fields): unknown {
  if (format.type === 'json_object') return true;
  if (format.type === 'json_schema') return fields(format.json_schema).schema;
  return undefined;
}

const FINISH = { stop: 'stop', tool_calls: 'tool_calls', length: 'length', refusal: 'stop' } as const;

/** Answer object, keys in the order OpenAI sends them. */
export function chatCompletion(writing: Writing) {
  const { completion, prompt, random } = writing;
  const id = `chatcmpl-${random.alphanumeric(29)}`;
  const fingerprint = systemFingerprint(writing.model);
  const calls = toolCallsOf(completion).map(call => ({
    id: `call_${random.alphanumeric(24)}`,
    type: 'function',
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
  }));
  const choices = Array.from({ length: prompt.choices }, (_, index) => ({
    index,
    message: {
      role: 'assistant',
      content:
        textOf(completion, 'text') || (calls.length > 0 || completion.finish === 'refusal' ? null : ''),
      ...(calls.length > 0 ? { tool_calls: calls } : {}),
      refusal: textOf(completion, 'refusal') || null,
      annotations: [],
    },
    logprobs: null,
    finish_reason: FINISH[completion.finish],
  }));
  return {
    id,
    object: 'chat.completion',
    created: seconds(writing.now),
    model: writing.model,
    choices,
    usage: chatUsage(writing.usage),
    service_tier: 'default',
    system_fingerprint: fingerprint,
  };
}

/** A stream's chunks, without the closing `[DONE]`. */
export function chatChunks(writing: Writing): object[] {
  const { completion, prompt, random, request } = writing;
  const options = fields(fields(request.json).stream_options);
  const withUsage = options.include_usage === true;
  const obfuscated = options.include_obfuscation !== false;
  const head = {
    id: `chatcmpl-${random.alphanumeric(29)}`,
    object: 'chat.completion.chunk',
    created: seconds(writing.now),
    model: writing.model,
    service_tier: 'default',
    system_fingerprint: systemFingerprint(writing.model),
  };
  const chunk = (choices: readonly object[], usage: object | null, padded: string) => ({
    ...head,
    choices,
    ...(withUsage ? { usage } : {}),
    ...(obfuscated ? { obfuscation: padding(padded, random) } : {}),
  });
  const chunks: object[] = [];
  for (let index = 0; index < prompt.choices; index++) {
    const send = (delta: object, finish_reason: string | null, said: string) => {
      chunks.push(chunk([{ index, delta, logprobs: null, finish_reason }], null, said));
    };
    for (const { delta, said } of deltas(writing)) send(delta, null, said);
    send({}, FINISH[completion.finish], '');
  }
  if (withUsage) chunks.push(chunk([], chatUsage(writing.usage), ''));
  return chunks;
}

function* deltas(writing: Writing): Generator<{ delta: object; said: string }> {
  const { completion, random } = writing;
  const said = textOf(completion, 'text');
  const refusal = textOf(completion, 'refusal');
  const calls = toolCallsOf(completion);
  // A lone tool call comes in the first chunk; with text or beside others each opens by a chunk of its own.
  const opening = calls.map((call, index) => ({
    index,
    id: `call_${random.alphanumeric(24)}`,
    type: 'function',
    function: { name: call.name, arguments: '' },
  }));
  const alone = calls.length === 1 && said === '' && refusal === '';
  const first = said !== '' || (calls.length === 0 && refusal === '') ? '' : null;
  yield {
    delta: { role: 'assistant', content: first, ...(alone ? { tool_calls: opening } : {}), refusal: null },
    said: '',
  };
  for (const piece of eventsOf(said, writing, 1)) yield { delta: { content: piece }, said: piece };
  for (const piece of eventsOf(refusal, writing, 1)) yield { delta: { refusal: piece }, said: piece };
  for (const [index, call] of calls.entries()) {
    if (!alone) yield { delta: { tool_calls: [opening[index]] }, said: '' };
    for (const piece of eventsOf(JSON.stringify(call.arguments), writing, 1)) {
      yield { delta: { tool_calls: [{ index, function: { arguments: piece } }] }, said: piece };
    }
  }
}

function chatUsage({ input, output, reasoning }: Usage) {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

/** One a snapshot, as OpenAI's; null for models that send none. */
function systemFingerprint(model: string): string | null {
  if (/^(gpt-3\.5|gpt-5|o\d)/.test(model)) return null;
  let hash = 0;
  for (const character of model) hash = (Math.imul(hash, 31) + character.codePointAt(0)!) >>> 0;
  return `fp_${hash.toString(16).padStart(8, '0')}${model.length.toString(16).padStart(2, '0')}`;
}

/** Random padding that hides the size of a chunk: what `obfuscation` holds. */
export function padding(said: string, random: Random): string {
  return random.alphanumeric(Math.max(0, 15 - said.length) + random.below(4));
}
