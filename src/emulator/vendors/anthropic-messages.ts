import { type ChatApi, eventsOf, type Incoming, type PlainApi, Refused, type Writing } from '../api.ts';
import type { CompletionPart } from '../completion.ts';
import { contentText, type Fields, fields, list, numberOrNull, text, textOrNull } from '../fields.ts';
import { inputTokens } from '../input-tokens.ts';
import type { Prompt, PromptMessage, ProviderName } from '../prompt.ts';
import type { Random } from '../random.ts';
import { namedEvent } from '../sse.ts';
import { anthropic } from './anthropic.ts';

/** POST /v1/messages */
export const anthropicMessages: ChatApi = {
  kind: 'chat',
  vendor: anthropic,
  dialect: 'anthropic-messages',
  contentType: 'application/json',
  streamContentType: () => 'text/event-stream; charset=utf-8',
  read(request) {
    const body = fields(request.json);
    for (const field of ['model', 'max_tokens', 'messages']) {
      if (body[field] === undefined) throw new Refused('invalid_request', `${field}: Field required`);
    }
    return readMessagesPrompt(request, 'anthropic', text(body.model));
  },
  whole: writing => JSON.stringify(message(writing)),
  stream: writing =>
    messageEvents(writing).map(event => namedEvent(event.type, padded(event, writing.random))),
};

/** POST /v1/messages/count_tokens */
export const anthropicCountTokens: PlainApi = {
  kind: 'plain',
  vendor: anthropic,
  dialect: 'anthropic-messages',
  contentType: 'application/json',
  answer(request) {
    const prompt = readMessagesPrompt(request, 'anthropic', text(fields(request.json).model));
    return JSON.stringify({ input_tokens: inputTokens(prompt) });
  },
};

export function readMessagesPrompt(request: Incoming, provider: ProviderName, model: string): Prompt {
  const body = fields(request.json);
  if (!Array.isArray(body.messages)) throw new Refused('invalid_request', 'messages: Field required');
  return {
    provider,
    model,
    stream: body.stream === true,
    system: contentText(body.system),
    messages: list(body.messages).map(fields).flatMap(readMessage),
    tools: list(body.tools).map(value => {
      const tool = fields(value);
      return { name: text(tool.name), parameters: tool.input_schema };
    }),
    toolChoice: readToolChoice(fields(body.tool_choice)),
    maxTokens: numberOrNull(body.max_tokens),
    schema: fields(fields(body.output_config).format).schema ?? fields(body.output_format).schema,
    choices: 1,
    temperature: numberOrNull(body.temperature),
  };
}

function readToolChoice(choice: Fields): Prompt['toolChoice'] {
  if (choice.type === 'none') return 'none';
  if (choice.type === 'any') return 'any';
  return choice.type === 'tool' ? { name: text(choice.name) } : 'auto';
}

/** A user message may carry tool results before its text: each becomes a message of its own. */
function readMessage(value: Fields): PromptMessage[] {
  const blocks = list(value.content).map(fields);
  const said = contentText(value.content);
  if (value.role === 'assistant') {
    const toolCalls = blocks
      .filter(block => block.type === 'tool_use')
      .map(block => ({ id: textOrNull(block.id), name: text(block.name), arguments: block.input }));
    return [{ role: 'assistant', text: said, toolCalls }];
  }
  const results = blocks
    .filter(block => block.type === 'tool_result')
    .map(
      (block): PromptMessage => ({
        role: 'tool',
        id: textOrNull(block.tool_use_id),
        name: null,
        text: contentText(block.content),
      }),
    );
  return said === '' && results.length > 0 ? results : [...results, { role: 'user', text: said }];
}

const STOP = { stop: 'end_turn', tool_calls: 'tool_use', length: 'max_tokens', refusal: 'refusal' } as const;

function head(writing: Writing) {
  return {
    id: `msg_01${writing.random.base58(22)}`,
    type: 'message',
    role: 'assistant',
    model: writing.model,
  } as const;
}

/** Answer object, keys in the order Anthropic sends them. */
export function message(writing: Writing) {
  return {
    ...head(writing),
    content: writing.completion.parts.map(part => block(part, writing.random)),
    stop_reason: STOP[writing.completion.finish],
    stop_sequence: null,
    usage: usage(writing, writing.usage.output),
  };
}

function usage({ usage }: Writing, output: number) {
  return {
    input_tokens: usage.input,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    output_tokens: output,
    service_tier: 'standard',
  };
}

function block(part: CompletionPart, random: Random): object {
  switch (part.type) {
    case 'reasoning':
      return { type: 'thinking', thinking: part.text, signature: random.base64(180) };
    case 'text':
    case 'refusal':
      return { type: 'text', text: part.text };
    case 'tool_call':
      return { type: 'tool_use', id: `toolu_01${random.base58(22)}`, name: part.name, input: part.arguments };
  }
}

type MessageEvent = { readonly type: string } & Fields;

export function messageEvents(writing: Writing): MessageEvent[] {
  const { completion, random } = writing;
  const start = {
    ...head(writing),
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: usage(writing, Math.min(writing.usage.output, 1 + random.below(5))),
  };
  const events: MessageEvent[] = [{ type: 'message_start', message: start }];
  for (const [index, part] of completion.parts.entries()) {
    const delta = (value: object) => events.push({ type: 'content_block_delta', index, delta: value });
    events.push({ type: 'content_block_start', index, content_block: emptyBlock(part, random) });
    if (index === 0) events.push({ type: 'ping' });
    if (part.type === 'tool_call') {
      delta({ type: 'input_json_delta', partial_json: '' });
      for (const piece of eventsOf(spacedJson(part.arguments), writing, 3)) {
        delta({ type: 'input_json_delta', partial_json: piece });
      }
    } else if (part.type === 'reasoning') {
      for (const piece of eventsOf(part.text, writing, 5)) delta({ type: 'thinking_delta', thinking: piece });
      delta({ type: 'signature_delta', signature: random.base64(180) });
    } else {
      for (const piece of eventsOf(part.text, writing, 4)) delta({ type: 'text_delta', text: piece });
    }
    events.push({ type: 'content_block_stop', index });
  }
  events.push({
    type: 'message_delta',
    delta: { stop_reason: STOP[completion.finish], stop_sequence: null },
    usage: {
      input_tokens: writing.usage.input,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: writing.usage.output,
    },
  });
  events.push({ type: 'message_stop' });
  return events;
}

function emptyBlock(part: CompletionPart, random: Random): object {
  switch (part.type) {
    case 'reasoning':
      return { type: 'thinking', thinking: '', signature: '' };
    case 'text':
    case 'refusal':
      return { type: 'text', text: '' };
    case 'tool_call':
      return { type: 'tool_use', id: `toolu_01${random.base58(22)}`, name: part.name, input: {} };
  }
}

/** JSON with a space after colons and commas, as Claude streams its tool input. */
export function spacedJson(value: unknown): string {
  return JSON.stringify(value, null, 1)
    .replace(/([[{])\n\s*/g, '$1')
    .replace(/\n\s*([\]}])/g, '$1')
    .replace(/,\n\s*/g, ', ');
}

/** Anthropic hides event sizes by spaces before the closing brace, pings excepted. */
function padded(event: MessageEvent, random: Random): string {
  if (event.type === 'ping') return '{"type": "ping"}';
  return `${JSON.stringify(event).slice(0, -1)}${' '.repeat(random.below(16))}}`;
}
