import { EVENT_STREAM } from '../../wire/event-stream.ts';
import { type ChatApi, eventsOf, type Incoming, Refused, type Writing } from '../api.ts';
import type { CompletionPart } from '../completion.ts';
import { contentText, type Fields, fields, list, numberOrNull, text, textOrNull } from '../fields.ts';
import type { Prompt, PromptMessage } from '../prompt.ts';
import type { Random } from '../random.ts';
import { spacedJson } from './anthropic-messages.ts';
import { bedrock, bedrockEvent, bedrockModel, bedrockPadding } from './bedrock.ts';

/** POST /model/MODEL/converse and /converse-stream */
export const bedrockConverse: ChatApi = {
  kind: 'chat',
  vendor: bedrock,
  dialect: 'bedrock-converse',
  contentType: 'application/json',
  streamContentType: () => EVENT_STREAM,
  read: request => readConversePrompt(request, request.path.endsWith('/converse-stream')),
  whole: writing => JSON.stringify(converseAnswer(writing)),
  stream: writing =>
    converseEvents(writing).map(([type, payload]) => {
      const padded = { ...payload, p: bedrockPadding(writing.random) };
      const entries = Object.entries(padded).sort(([a], [b]) => (a < b ? -1 : 1));
      return bedrockEvent(type, Object.fromEntries(entries));
    }),
};

export function readConversePrompt(request: Incoming, stream: boolean): Prompt {
  const body = fields(request.json);
  if (!Array.isArray(body.messages))
    throw new Refused(
      'invalid_request',
      "1 validation error detected: Value at 'messages' failed to satisfy constraint: Member must not be null",
    );
  const config = fields(body.inferenceConfig);
  const tools = fields(body.toolConfig);
  return {
    provider: 'bedrock',
    model: bedrockModel(request.path),
    stream,
    system: contentText(body.system),
    messages: list(body.messages).map(fields).flatMap(readMessage),
    tools: list(tools.tools).map(value => {
      const spec = fields(fields(value).toolSpec);
      return { name: text(spec.name), parameters: fields(spec.inputSchema).json };
    }),
    toolChoice: readToolChoice(fields(tools.toolChoice)),
    maxTokens: numberOrNull(config.maxTokens) ?? numberOrNull(config.max_new_tokens),
    schema: undefined,
    choices: 1,
    temperature: numberOrNull(config.temperature),
  };
}

function readToolChoice(choice: Fields): Prompt['toolChoice'] {
  if (choice.any !== undefined) return 'any';
  const name = text(fields(choice.tool).name);
  return name === '' ? 'auto' : { name };
}

function readMessage(message: Fields): PromptMessage[] {
  const blocks = list(message.content).map(fields);
  const said = contentText(message.content);
  if (message.role === 'assistant') {
    const toolCalls = blocks
      .filter(block => block.toolUse !== undefined)
      .map(block => fields(block.toolUse))
      .map(use => ({ id: textOrNull(use.toolUseId), name: text(use.name), arguments: use.input }));
    return [{ role: 'assistant', text: said, toolCalls }];
  }
  const results = blocks
    .filter(block => block.toolResult !== undefined)
    .map(block => fields(block.toolResult))
    .map(
      (result): PromptMessage => ({
        role: 'tool',
        id: textOrNull(result.toolUseId),
        name: null,
        text: list(result.content).map(fields).map(resultText).join('\n'),
      }),
    );
  return said === '' && results.length > 0 ? results : [...results, { role: 'user', text: said }];
}

function resultText(block: Fields): string {
  return block.json === undefined ? text(block.text) : JSON.stringify(block.json);
}

const STOP = {
  stop: 'end_turn',
  tool_calls: 'tool_use',
  length: 'max_tokens',
  refusal: 'content_filtered',
} as const;

export function converseAnswer(writing: Writing) {
  const { completion, random } = writing;
  return {
    metrics: { latencyMs: 300 + random.below(2000) },
    output: {
      message: { content: completion.parts.map(part => block(part, random)), role: 'assistant' },
    },
    stopReason: STOP[completion.finish],
    usage: converseUsage(writing),
  };
}

function converseUsage({ usage }: Writing) {
  return { inputTokens: usage.input, outputTokens: usage.output, totalTokens: usage.input + usage.output };
}

function block(part: CompletionPart, random: Random): object {
  switch (part.type) {
    case 'reasoning':
      return { reasoningContent: { reasoningText: { signature: random.base64(180), text: part.text } } };
    case 'text':
    case 'refusal':
      return { text: part.text };
    case 'tool_call':
      return { toolUse: { input: part.arguments, name: part.name, toolUseId: toolUseId(random) } };
  }
}

function toolUseId(random: Random): string {
  return `tooluse_${random.base64url(16)}`;
}

/** Events of a stream, by type. */
export function converseEvents(writing: Writing): [type: string, payload: Fields][] {
  const { completion, random } = writing;
  const events: [string, Fields][] = [['messageStart', { role: 'assistant' }]];
  for (const [contentBlockIndex, part] of completion.parts.entries()) {
    const delta = (value: object) => events.push(['contentBlockDelta', { contentBlockIndex, delta: value }]);
    if (part.type === 'tool_call') {
      const start = { toolUse: { name: part.name, toolUseId: toolUseId(random) } };
      events.push(['contentBlockStart', { contentBlockIndex, start }]);
      for (const piece of eventsOf(spacedJson(part.arguments), writing, 3))
        delta({ toolUse: { input: piece } });
    } else if (part.type === 'reasoning') {
      for (const piece of eventsOf(part.text, writing, 4)) delta({ reasoningContent: { text: piece } });
      delta({ reasoningContent: { signature: random.base64(180) } });
    } else {
      for (const piece of eventsOf(part.text, writing, 3)) delta({ text: piece });
    }
    events.push(['contentBlockStop', { contentBlockIndex }]);
  }
  events.push(['messageStop', { stopReason: STOP[completion.finish] }]);
  events.push([
    'metadata',
    { metrics: { latencyMs: 300 + random.below(2000) }, usage: converseUsage(writing) },
  ]);
  return events;
}
