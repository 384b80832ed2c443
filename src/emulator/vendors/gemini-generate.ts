import { type ChatApi, eventsOf, type Incoming, type PlainApi, Refused, type Writing } from '../api.ts';
import type { CompletionPart } from '../completion.ts';
import { contentText, type Fields, fields, list, numberOrNull, text, textOrNull } from '../fields.ts';
import { inputTokens } from '../input-tokens.ts';
import type { Prompt, PromptMessage } from '../prompt.ts';
import type { Random } from '../random.ts';
import { dataEvent } from '../sse.ts';
import { gemini } from './gemini.ts';

/** Tokens that one event of Gemini's stream carries. */
const TOKENS_PER_EVENT = 16;

/** POST …/models/MODEL:generateContent and :streamGenerateContent */
export const geminiGenerate: ChatApi = {
  kind: 'chat',
  vendor: gemini,
  dialect: 'gemini-generate',
  contentType: 'application/json; charset=UTF-8',
  streamContentType: request => (isSse(request) ? 'text/event-stream' : 'application/json; charset=UTF-8'),
  read: readGeminiPrompt,
  whole: writing =>
    `${JSON.stringify(response(writing, writing.completion.parts, true, head(writing)), null, 2)}\n`,
  stream(writing) {
    const responses = streamResponses(writing);
    // Gemini ends the lines of its SSE by CRLF, and writes the objects of its JSON array pretty-printed.
    if (isSse(writing.request)) return responses.map(each => dataEvent(spaced(each), '\r\n'));
    return responses.map((each, index) => {
      const json = JSON.stringify(each, null, 2);
      const end = index === responses.length - 1 ? '\n]' : '\n';
      return `${index === 0 ? '[' : ',\r\n'}${json}${end}`;
    });
  },
};

/** POST …/models/MODEL:countTokens */
export const geminiCountTokens: PlainApi = {
  kind: 'plain',
  vendor: gemini,
  dialect: 'gemini-generate',
  contentType: 'application/json; charset=UTF-8',
  answer(request) {
    const totalTokens = inputTokens(readGeminiPrompt(request));
    const promptTokensDetails = [{ modality: 'TEXT', tokenCount: totalTokens }];
    return `${JSON.stringify({ totalTokens, promptTokensDetails }, null, 2)}\n`;
  },
};

function isSse(request: Incoming): boolean {
  return request.query.get('alt') === 'sse';
}

/** The model of a path such as /v1beta/models/gemini-2.5-flash:generateContent. */
export function geminiModel(path: string): string {
  return decodeURIComponent(/\/models\/([^/:]+):/.exec(path)?.[1] ?? '');
}

function readGeminiPrompt(request: Incoming): Prompt {
  const body = fields(request.json);
  if (!Array.isArray(body.contents))
    throw new Refused('invalid_request', '* GenerateContentRequest.contents: contents is not specified\n');
  const config = fields(body.generationConfig ?? body.generation_config);
  const system = fields(body.systemInstruction ?? body.system_instruction);
  return {
    provider: 'gemini',
    model: geminiModel(request.path),
    stream: request.path.endsWith(':streamGenerateContent'),
    system: contentText(system.parts),
    messages: list(body.contents).map(fields).flatMap(readContent),
    tools: list(body.tools).flatMap(readTools),
    toolChoice: readToolChoice(fields(fields(body.toolConfig).functionCallingConfig)),
    maxTokens: numberOrNull(config.maxOutputTokens),
    schema:
      config.responseJsonSchema ??
      config.responseSchema ??
      (config.responseMimeType === 'application/json' ? true : undefined),
    choices: Math.min(8, Math.max(1, numberOrNull(config.candidateCount) ?? 1)),
    temperature: numberOrNull(config.temperature),
  };
}

function readContent(content: Fields): PromptMessage[] {
  const parts = list(content.parts).map(fields);
  const said = contentText(content.parts);
  if (content.role === 'model') {
    const toolCalls = parts
      .filter(part => part.functionCall !== undefined)
      .map(part => fields(part.functionCall))
      .map(call => ({ id: textOrNull(call.id), name: text(call.name), arguments: call.args }));
    return [{ role: 'assistant', text: said, toolCalls }];
  }
  const results = parts
    .filter(part => part.functionResponse !== undefined)
    .map(part => fields(part.functionResponse))
    .map(
      (result): PromptMessage => ({
        role: 'tool',
        id: textOrNull(result.id),
        name: text(result.name),
        text: resultText(result.response),
      }),
    );
  return said === '' && results.length > 0 ? results : [...results, { role: 'user', text: said }];
}

/** SDKs wrap a tool's value as {output: …} or {result: …}; the script wants the value. */
function resultText(response: unknown): string {
  const { output, result } = fields(response);
  const value = output ?? result ?? response;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function readTools(value: unknown) {
  const tool = fields(value);
  return list(tool.functionDeclarations ?? tool.function_declarations).map(each => {
    const declaration = fields(each);
    return {
      name: text(declaration.name),
      parameters:
        declaration.parameters ?? declaration.parametersJsonSchema ?? declaration.parameters_json_schema,
    };
  });
}

function readToolChoice(config: Fields): Prompt['toolChoice'] {
  const mode = text(config.mode).toUpperCase();
  if (mode === 'NONE') return 'none';
  if (mode !== 'ANY') return 'auto';
  const [name] = list(config.allowedFunctionNames);
  return typeof name === 'string' ? { name } : 'any';
}

const FINISH = {
  stop: 'STOP',
  tool_calls: 'STOP',
  length: 'MAX_TOKENS',
  refusal: 'PROHIBITED_CONTENT',
} as const;

interface Head {
  readonly modelVersion: string;
  readonly responseId: string;
}

function head(writing: Writing): Head {
  return { modelVersion: writing.model, responseId: writing.random.base64url(17) };
}

function response(writing: Writing, parts: readonly CompletionPart[], last: boolean, ids: Head): object {
  const { completion, prompt, usage, random } = writing;
  const candidates = Array.from({ length: prompt.choices }, (_, index) => ({
    content: { parts: parts.map(part => wirePart(part, random)), role: 'model' },
    ...(last ? { finishReason: FINISH[completion.finish] } : {}),
    index,
    ...(last && completion.finish === 'tool_calls'
      ? { finishMessage: 'Model generated function call(s).' }
      : {}),
  }));
  return {
    candidates,
    usageMetadata: {
      promptTokenCount: usage.input,
      ...(last ? { candidatesTokenCount: usage.output - usage.reasoning } : {}),
      totalTokenCount: usage.input + (last ? usage.output : 0),
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: usage.input }],
      ...(usage.reasoning > 0 ? { thoughtsTokenCount: usage.reasoning } : {}),
    },
    ...ids,
  };
}

function wirePart(part: CompletionPart, random: Random): object {
  switch (part.type) {
    case 'reasoning':
      return { text: part.text, thought: true };
    case 'text':
    case 'refusal':
      return { text: part.text };
    case 'tool_call':
      return {
        functionCall: { name: part.name, args: part.arguments },
        thoughtSignature: random.base64(120),
      };
  }
}

/** Texts in several responses, each tool call whole. */
function streamResponses(writing: Writing): object[] {
  const pieces = writing.completion.parts.flatMap((part): CompletionPart[] => {
    if (part.type === 'tool_call') return [part];
    return eventsOf(part.text, writing, TOKENS_PER_EVENT).map(text => ({ ...part, text }));
  });
  const groups: CompletionPart[][] = [];
  for (const piece of pieces) {
    const open = groups.at(-1);
    if (piece.type === 'tool_call' && open?.[0]?.type === 'tool_call') open.push(piece);
    else groups.push([piece]);
  }
  if (groups.length === 0) groups.push([{ type: 'text', text: '' }]);
  const ids = head(writing);
  return groups.map((group, index) => response(writing, group, index === groups.length - 1, ids));
}

/** Gemini's one-line JSON has a space after each colon, none after commas. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}: ${spaced(item)}`)
    .join(',')}}`;
}
