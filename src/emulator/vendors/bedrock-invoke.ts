import { EVENT_STREAM } from '../../wire/event-stream.ts';
import { type ChatApi, type Incoming, type PlainApi, Refused, type Writing } from '../api.ts';
import { embed, printed } from '../embedding.ts';
import { type Fields, fields, numberOrNull, text } from '../fields.ts';
import type { Prompt } from '../prompt.ts';
import { countTokens } from '../tokens.ts';
import { message, messageEvents, readMessagesPrompt } from './anthropic-messages.ts';
import { bedrock, bedrockEvent, bedrockModel, bedrockPadding } from './bedrock.ts';
import { converseAnswer, converseEvents, readConversePrompt } from './bedrock-converse.ts';

/** POST /model/MODEL/invoke and /invoke-with-response-stream, for Claude and Nova: each has its own body. */
export const bedrockInvoke: ChatApi = {
  kind: 'chat',
  vendor: bedrock,
  dialect: 'bedrock-invoke',
  contentType: 'application/json',
  streamContentType: () => EVENT_STREAM,
  read: readInvokePrompt,
  whole: writing => JSON.stringify(isClaude(writing.request) ? claudeMessage(writing) : novaAnswer(writing)),
  stream(writing) {
    const events = isClaude(writing.request) ? claudeEvents(writing) : novaEvents(writing);
    return events.map((event, index) => {
      const last = index === events.length - 1;
      const body = last ? { ...event, 'amazon-bedrock-invocationMetrics': metrics(writing) } : event;
      const bytes = Buffer.from(JSON.stringify(body)).toString('base64');
      return bedrockEvent('chunk', { bytes, p: bedrockPadding(writing.random) });
    });
  },
  headers: ({ prompt, usage, random }) =>
    prompt.stream
      ? [['X-Amzn-Bedrock-Content-Type', 'application/json']]
      : [
          ['X-Amzn-Bedrock-Input-Token-Count', String(usage.input)],
          ['X-Amzn-Bedrock-Output-Token-Count', String(usage.output)],
          ['X-Amzn-Bedrock-Invocation-Latency', String(300 + random.below(2000))],
        ],
};

/** POST /model/amazon.titan-embed-…/invoke */
export const bedrockTitanEmbed: PlainApi = {
  kind: 'plain',
  vendor: bedrock,
  dialect: 'bedrock-invoke',
  contentType: 'application/json',
  answer(request) {
    const { inputText, dimensions } = fields(request.json);
    const vector = printed(embed(text(inputText), numberOrNull(dimensions) ?? 1024));
    return JSON.stringify({ embedding: vector, inputTextTokenCount: countTokens(text(inputText)) });
  },
};

function isClaude(request: Incoming): boolean {
  return bedrockModel(request.path).includes('anthropic.');
}

function readInvokePrompt(request: Incoming): Prompt {
  const stream = request.path.endsWith('/invoke-with-response-stream');
  const model = bedrockModel(request.path);
  if (isClaude(request)) return { ...readMessagesPrompt(request, 'bedrock', model), stream };
  if (model.includes('amazon.nova')) return readConversePrompt(request, stream);
  throw new Refused('invalid_request', `The emulator invokes Claude and Nova models only, not ${model}.`);
}

function claudeMessage(writing: Writing) {
  const { id, usage, ...rest } = message(bare(writing));
  return { id: bedrockId(id), ...rest, usage: withoutTier(usage) };
}

/** Bedrock's Claude names no service tier. */
function withoutTier({ service_tier: _, ...usage }: Fields): Fields {
  return usage;
}

/** Claude on Bedrock names itself without the vendor's prefix and version. */
function bare(writing: Writing): Writing {
  const name = writing.model.replace(/^.*anthropic\./, '').replace(/-v\d+(:\d+)?$/, '');
  return { ...writing, model: name };
}

function bedrockId(id: string): string {
  return id.replace('msg_', 'msg_bdrk_');
}

function claudeEvents(writing: Writing): object[] {
  return messageEvents(bare(writing))
    .filter(event => event.type !== 'ping')
    .map(event => {
      if (event.type !== 'message_start') return event;
      const start = fields(event.message);
      const usage = withoutTier(fields(start.usage));
      return { ...event, message: { ...start, id: bedrockId(text(start.id)), usage } };
    });
}

function novaAnswer(writing: Writing) {
  const { output, stopReason, usage } = converseAnswer(writing);
  return { output, stopReason, usage };
}

function novaEvents(writing: Writing): object[] {
  return converseEvents(writing).map(([type, payload]) => ({ [type]: payload }));
}

function metrics({ usage, random }: Writing) {
  const firstByteLatency = 200 + random.below(600);
  return {
    inputTokenCount: usage.input,
    outputTokenCount: usage.output,
    invocationLatency: firstByteLatency + random.below(2000),
    firstByteLatency,
  };
}
