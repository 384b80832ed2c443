/**
 * Gemini generateContent and streamGenerateContent (https://ai.google.dev/api/generate-content), the same on Vertex AI
 * (https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference), and wrapped once more by Code Assist. A stream
 * is SSE with `alt=sse`, else one JSON array.
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
import type { AnswerReading, Dialect, RequestReading, Target } from '../dialect.ts';
import { PartsBuilder, textParts, toolCall, toolDefinition } from '../parts.ts';
import { parametersOf } from '../request-fields.ts';
import { modelInPath } from './openai-chat.ts';

const METHOD = /:(generateContent|streamGenerateContent|countTokens)$/;

export const geminiGenerate: Dialect = {
  id: 'gemini-generate',

  matches: ({ path }) => METHOD.test(path) && !path.endsWith(':batchGenerateContent'),

  fits: body => Array.isArray(inner(body).contents) || isObject(inner(body).contents),

  request(body, { path }): RequestReading {
    const method = METHOD.exec(path)?.[1];
    const request = inner(body);
    const contents = Array.isArray(request.contents) ? request.contents : [request.contents ?? {}];
    return {
      operation: method === 'countTokens' ? 'other' : 'chat',
      requestModel: modelInPath(path) ?? modelName(body.model),
      stream: method === 'streamGenerateContent',
      parameters: parametersOf(request, [
        'model',
        'contents',
        'systemInstruction',
        'system_instruction',
        'tools',
      ]),
      system: contentParts(request.systemInstruction ?? request.system_instruction),
      messages: contents.map(readContent),
      // A repeated protobuf field may be a single value in JSON.
      tools: (isObject(request.tools) ? [request.tools] : asArray(request.tools)).flatMap(readTools),
    };
  },

  answer: readGeminiAnswer,
};

/** Code Assist wraps the request in `{model, project, request}` and each answer in `{response}`. */
function inner(body: JsonObject): JsonObject {
  if (isObject(body.request)) return body.request;
  return isObject(body.generateContentRequest) ? body.generateContentRequest : body;
}

function modelName(model: Json | undefined): string | null {
  return asString(model)?.replace(/^models\//, '') ?? null;
}

function readContent(value: Json): Message {
  const parts = contentParts(value);
  const role = asObject(value).role;
  if (parts.length > 0 && parts.every(part => part.type === 'tool_result')) return { role: 'tool', parts };
  return { role: role === 'model' ? 'assistant' : role === 'system' ? 'system' : 'user', parts };
}

/** `{parts: [{text} …]}`; a lax client sends one part, or a string. */
function contentParts(content: Json | undefined): Part[] {
  if (typeof content === 'string') return textParts(content);
  const { parts } = asObject(content);
  if (isObject(parts)) return [readPart(parts)];
  return asArray(parts).filter(isObject).map(readPart);
}

function readPart(part: JsonObject): Part {
  if (typeof part.text === 'string')
    return { type: part.thought === true ? 'reasoning' : 'text', text: part.text };
  const call = part.functionCall ?? part.function_call;
  if (isObject(call)) return { type: 'tool_call', call: toolCall(call.id, call.name, call.args) };
  const answered = part.functionResponse ?? part.function_response;
  if (isObject(answered)) {
    const { response } = answered;
    const text = JSON.stringify(response ?? null);
    const result = {
      id: asString(answered.id) ?? null,
      name: asString(answered.name) ?? null,
      content: [{ type: 'text' as const, text }],
      isError:
        isObject(response) && 'error' in response && !('result' in response) && !('output' in response),
    };
    return { type: 'tool_result', result };
  }
  const kind = Object.keys(part).find(key => !/^thought/i.test(key)) ?? 'unknown';
  return { type: 'other', kind, value: part };
}

/** One entry declares many functions, or is a built-in tool named by its key (`googleSearch`, `codeExecution`). */
function readTools(raw: Json): ToolDefinition[] {
  const tool = asObject(raw);
  const declared = asArray(tool.functionDeclarations ?? tool.function_declarations).filter(isObject);
  const functions = declared.map(one => {
    const { name, description, parameters, parametersJsonSchema } = one;
    return toolDefinition(
      one,
      name,
      description,
      parameters ?? parametersJsonSchema ?? one.parameters_json_schema,
    );
  });
  const builtIn = Object.keys(tool)
    .filter(key => !/^function_?declarations$/i.test(key))
    .map(key => toolDefinition(raw, key, '', null));
  return [...functions, ...builtIn];
}

/**
 * https://ai.google.dev/api/generate-content#UsageMetadata: thoughts are counted beside the candidates, tool-use prompts
 * beside the prompt; ours include them.
 */
export function geminiUsage(value: Json | undefined): Usage | null {
  if (!isObject(value)) return null;
  const prompt = asNumber(value.promptTokenCount);
  const candidates = asNumber(value.candidatesTokenCount);
  const total = asNumber(value.totalTokenCount);
  if (prompt === undefined && candidates === undefined && total === undefined) return null;
  const reasoning = asNumber(value.thoughtsTokenCount) ?? 0;
  return {
    input: (prompt ?? 0) + (asNumber(value.toolUsePromptTokenCount) ?? 0),
    output: (candidates ?? 0) + reasoning,
    cachedInput: asNumber(value.cachedContentTokenCount) ?? 0,
    cacheWrite: 0,
    reasoning,
  };
}

interface Candidate {
  readonly builder: PartsBuilder;
  finish: string | null;
}

function readGeminiAnswer(answer: AnswerBody, _body: JsonObject, _target: Target): AnswerReading {
  const candidates = new Map<number, Candidate>();
  let usage: Usage | null = null;
  let responseModel: string | null = null;
  let responseId: string | null = null;
  let blocked: string | null = null;
  let error: AnswerReading['error'] = null;
  for (const outer of objects(answer)) {
    const value = isObject(outer.response) ? outer.response : outer;
    usage = geminiUsage(value.usageMetadata) ?? usage;
    responseModel ??= asString(value.modelVersion) ?? null;
    responseId ??= asString(value.responseId) ?? null;
    blocked ??= asString(asObject(value.promptFeedback).blockReason) ?? null;
    error ??= statedError(outer);
    for (const raw of asArray(value.candidates).filter(isObject)) {
      const index = asNumber(raw.index) ?? 0;
      const candidate = candidates.get(index) ?? { builder: new PartsBuilder(), finish: null };
      candidates.set(index, candidate);
      candidate.finish = finishReason(raw.finishReason) ?? candidate.finish;
      addParts(candidate.builder, contentParts(raw.content), isStreamed(answer));
    }
  }
  const [first, ...rest] = [...candidates].sort(([a], [b]) => a - b).map(([, candidate]) => candidate);
  return {
    responseModel,
    responseId,
    output: { parts: first?.builder.parts() ?? [], alternatives: rest.map(({ builder }) => builder.parts()) },
    usage,
    finishReason: first?.finish ?? blocked,
    error,
  };
}

/** `$alt=json;enum-encoding=int` (Google's own Python client for Vertex) sends the enum's number. */
const FINISH_REASONS = ['FINISH_REASON_UNSPECIFIED', 'STOP', 'MAX_TOKENS', 'SAFETY', 'RECITATION', 'OTHER'];

function finishReason(value: Json | undefined): string | undefined {
  return typeof value === 'number' ? (FINISH_REASONS[value] ?? String(value)) : asString(value);
}

/** In a stream, text goes on where the last piece ended. */
function addParts(builder: PartsBuilder, parts: readonly Part[], streamed: boolean): void {
  for (const part of parts) {
    if (streamed && (part.type === 'text' || part.type === 'reasoning'))
      builder.appendText(part.type, part.text);
    else builder.add([part]);
  }
}
