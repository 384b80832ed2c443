/**
 * Amazon Bedrock InvokeModel, plain and streamed: the body is the model family's own
 * (https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html). The body's shape tells the family, since an
 * inference profile's ARN does not.
 */

import { header } from '../../wire/headers.ts';
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
import { type AnswerBody, type Framed, objects } from '../answer-body.ts';
import type { Usage } from '../call.ts';
import { statedError } from '../call-error.ts';
import { type AnswerReading, type Dialect, NO_ANSWER, type RequestReading, type Target } from '../dialect.ts';
import { embeddingParts, textParts } from '../parts.ts';
import { parametersOf } from '../request-fields.ts';
import { readCompleteAnswer } from './anthropic-complete.ts';
import { readAnthropicAnswer, readAnthropicRequest } from './anthropic-messages.ts';
import { bedrockModel, readConverseAnswer, readConverseRequest } from './bedrock-converse.ts';
import { readCohereAnswer, readCohereRequest } from './cohere-chat.ts';
import { readChatAnswer, readChatRequest } from './openai-chat.ts';
import { promptMessages } from './openai-completions.ts';

type Family = 'anthropic' | 'nova' | 'openai' | 'cohere' | 'embedding' | 'prompt' | 'other';

export const bedrockInvoke: Dialect = {
  id: 'bedrock-invoke',

  matches: ({ path }) => /\/model\/.+\/invoke(-with-response-stream)?$/.test(path),

  // Marketplace and custom models take what they like.
  fits: () => true,

  request(body, target): RequestReading {
    const stream = target.path.endsWith('-stream');
    return { ...requestOf(body, target), requestModel: bedrockModel(target.path), stream };
  },

  answer(answer, body): AnswerReading {
    const problems: string[] = [];
    const plain = unwrapped(answer, problems);
    const reading = answerOf(familyOf(body), plain, body);
    const exception = answer.values.find(value => value.exception);
    const error = exception && {
      type: exception.event ?? null,
      message: asString(asObject(exception.value).message) ?? '',
    };
    return {
      ...reading,
      usage: completed(reading.usage, meteredUsage(plain)),
      error: reading.error ?? error ?? null,
      problems,
    };
  },
};

function familyOf(body: JsonObject): Family {
  if ('anthropic_version' in body) return 'anthropic';
  if (Array.isArray(body.messages)) {
    const nova = 'schemaVersion' in body || 'inferenceConfig' in body || 'toolConfig' in body;
    return nova || asArray(body.messages).some(isNovaMessage) ? 'nova' : 'openai';
  }
  if (typeof body.message === 'string') return 'cohere';
  if ('texts' in body || ('inputText' in body && !isObject(body.textGenerationConfig))) return 'embedding';
  return 'prompt' in body || 'inputText' in body ? 'prompt' : 'other';
}

/** Content parts without a type: `{text}`, `{image}`, `{toolUse}`. */
function isNovaMessage(message: Json): boolean {
  return asArray(asObject(message).content).some(part => isObject(part) && !('type' in part));
}

function requestOf(body: JsonObject, target: Target): RequestReading {
  const family = familyOf(body);
  if (family === 'anthropic') return readAnthropicRequest(body, target);
  if (family === 'nova') return readConverseRequest(body, target);
  if (family === 'openai') return readChatRequest(body, target);
  if (family === 'cohere') return readCohereRequest(body);
  const input = body.prompt ?? body.inputText ?? body.texts;
  return {
    operation: family === 'embedding' ? 'embeddings' : family === 'prompt' ? 'text_completion' : 'other',
    requestModel: null,
    stream: false,
    parameters: parametersOf(body, ['prompt', 'inputText', 'texts', 'stream']),
    system: [],
    messages: promptMessages(input),
    tools: [],
  };
}

/** A stream's events hold the family's own events, base64-encoded. */
function unwrapped(answer: AnswerBody, problems: string[]): AnswerBody {
  if (answer.framing !== 'event-stream') return answer;
  const values = answer.values.flatMap((framed): Framed[] => {
    const wrapped = asString(asObject(framed.value).bytes);
    if (framed.exception || wrapped === undefined) return [];
    const json = parseJson(Buffer.from(wrapped, 'base64'));
    if (!json.ok) problems.push(`an event's bytes are ${json.problem}`);
    return json.ok ? [{ value: json.value }] : [];
  });
  return { ...answer, values };
}

function answerOf(family: Family, answer: AnswerBody, body: JsonObject): AnswerReading {
  if (family === 'anthropic') return readAnthropicAnswer(answer);
  if (family === 'nova') return readConverseAnswer(answer);
  if (family === 'openai') return readChatAnswer(answer);
  if (family === 'cohere') return readCohereAnswer(answer);
  if (family === 'prompt' && 'max_tokens_to_sample' in body) return readCompleteAnswer(answer);
  return readText(answer);
}

/**
 * The older text families. Llama: `generation`; Titan: `results[].outputText`, streamed `outputText`; Cohere:
 * `generations[].text`, streamed `text`; Mistral: `outputs[].text`; AI21: `completions[].data.text`; embeddings of Titan and Cohere.
 */
function readText(answer: AnswerBody): AnswerReading {
  const texts = new Map<number, string>();
  const counts = { input: undefined as number | undefined, output: undefined as number | undefined };
  let reading = NO_ANSWER;
  let vectors: readonly Json[] = [];
  for (const value of objects(answer)) {
    const lists = [value.results, value.generations, value.outputs, value.completions];
    const list = lists.find(Array.isArray);
    const pieces = (list ? asArray(list) : [value]).map(asObject);
    pieces.forEach((piece, position) => {
      const index = asNumber(piece.index) ?? position;
      const text = piece.outputText ?? piece.generation ?? piece.text ?? asObject(piece.data).text;
      texts.set(index, (texts.get(index) ?? '') + (asString(text) ?? ''));
      const count =
        asNumber(piece.tokenCount) ??
        asNumber(piece.totalOutputTextTokenCount) ??
        asNumber(piece.generation_token_count);
      counts.output = count ?? counts.output;
      if (index === 0 || reading.finishReason === null) {
        reading = { ...reading, finishReason: finishOf(piece) ?? reading.finishReason };
      }
    });
    counts.input = asNumber(value.inputTextTokenCount) ?? asNumber(value.prompt_token_count) ?? counts.input;
    reading = {
      ...reading,
      responseId: asString(value.id) ?? reading.responseId,
      error: reading.error ?? statedError(value),
    };
    if (Array.isArray(value.embedding)) vectors = [value.embedding];
    else if (Array.isArray(value.embeddings)) vectors = value.embeddings;
  }
  const [first, ...rest] = [...texts].sort(([a], [b]) => a - b).map(([, text]) => textParts(text));
  const counted = counts.input !== undefined || counts.output !== undefined;
  return {
    ...reading,
    output:
      vectors.length > 0
        ? { parts: embeddingParts(vectors), alternatives: [] }
        : { parts: first ?? [], alternatives: rest },
    usage: counted ? usageOf(counts.input ?? 0, counts.output ?? 0) : null,
  };
}

function finishOf(piece: JsonObject): string | undefined {
  const ai21 = asString(asObject(piece.finishReason).reason);
  return (
    asString(piece.completionReason) ?? asString(piece.finish_reason) ?? asString(piece.stop_reason) ?? ai21
  );
}

/** A body may count nothing, or (a guardrail stepped in) the input only: then Bedrock's own figures stand. */
function completed(stated: Usage | null, metered: Usage | null): Usage | null {
  if (!stated || !metered) return stated ?? metered;
  return { ...stated, input: stated.input || metered.input, output: stated.output || metered.output };
}

/** What Bedrock itself counted: in a stream's last event, or in headers. */
function meteredUsage(answer: AnswerBody): Usage | null {
  const metrics = objects(answer)
    .map(value => value['amazon-bedrock-invocationMetrics'])
    .find(isObject);
  if (metrics)
    return usageOf(asNumber(metrics.inputTokenCount) ?? 0, asNumber(metrics.outputTokenCount) ?? 0);
  const input = countHeader(answer, 'x-amzn-bedrock-input-token-count');
  const output = countHeader(answer, 'x-amzn-bedrock-output-token-count');
  return input === undefined && output === undefined ? null : usageOf(input ?? 0, output ?? 0);
}

function countHeader(answer: AnswerBody, name: string): number | undefined {
  const value = header(answer.headers, name);
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

function usageOf(input: number, output: number): Usage {
  return { input, output, cachedInput: 0, cacheWrite: 0, reasoning: 0 };
}
