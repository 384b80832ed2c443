/** Gemini Interactions (https://ai.google.dev/gemini-api/docs/interactions): typed steps in, typed steps out. */
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
import { isStreamed, objects } from '../answer-body.ts';
import type { Message, Part, ToolDefinition, Usage } from '../call.ts';
import { statedError } from '../call-error.ts';
import { type AnswerReading, type Dialect, NO_ANSWER } from '../dialect.ts';
import { textParts, toolCall, toolDefinition } from '../parts.ts';
import { parametersOf } from '../request-fields.ts';

export const geminiInteractions: Dialect = {
  id: 'gemini-interactions',

  matches: ({ path }) => /\/interactions\/?$/.test(path),

  fits: body => 'input' in body,

  request: body => ({
    operation: 'chat',
    requestModel: asString(body.model) ?? asString(body.agent) ?? null,
    stream: body.stream === true,
    parameters: parametersOf(body, ['model', 'agent', 'input', 'system_instruction', 'tools', 'stream']),
    system: contentParts(body.system_instruction),
    messages: inputMessages(body.input),
    tools: asArray(body.tools).map(readTool),
  }),

  answer(answer): AnswerReading {
    const values = objects(answer);
    if (isStreamed(answer)) return readStream(values);
    const [only] = values;
    return only ? readInteraction(only, stepsOf(only)) : NO_ANSWER;
  },
};

function readTool(raw: Json): ToolDefinition {
  const tool = asObject(raw);
  return toolDefinition(raw, tool.name ?? tool.type, tool.description, tool.parameters);
}

/** Text, one content, a list of contents (one turn), or a list of turns and steps. */
function inputMessages(input: Json | undefined): Message[] {
  if (typeof input === 'string') return [{ role: 'user', parts: textParts(input) }];
  const items = Array.isArray(input) ? input : [input ?? {}];
  const messages: { role: Message['role']; parts: Part[] }[] = [];
  for (const item of items.map(asObject)) {
    const type = asString(item.type);
    if (type === undefined || /_input$|_output$|_call$|_result$|^thought$/.test(type))
      messages.push(turn(item));
    else if (messages.at(-1)?.role === 'user') messages.at(-1)!.parts.push(...contentParts([item]));
    else messages.push({ role: 'user', parts: contentParts([item]) });
  }
  return messages;
}

function turn(item: JsonObject): { role: Message['role']; parts: Part[] } {
  const type = asString(item.type);
  if (type === 'user_input') return { role: 'user', parts: contentParts(item.content) };
  if (type === 'function_result') return { role: 'tool', parts: stepParts(item) };
  if (type !== undefined) return { role: 'assistant', parts: stepParts(item) };
  return {
    role: item.role === 'model' ? 'assistant' : 'user',
    parts: contentParts(item.content ?? item.parts),
  };
}

function contentParts(content: Json | undefined): Part[] {
  if (typeof content === 'string') return textParts(content);
  const list = isObject(content) ? [content] : asArray(content);
  return list.filter(isObject).flatMap(stepParts);
}

/** A step, or a content that stands where a step may. */
function stepParts(step: JsonObject): Part[] {
  switch (step.type) {
    case 'text':
      return [{ type: 'text', text: asString(step.text) ?? '' }];
    case 'model_output':
      return contentParts(step.content);
    case 'thought': {
      const text = contentParts(step.summary).flatMap(part => (part.type === 'text' ? [part.text] : []));
      return text.length > 0
        ? [{ type: 'reasoning', text: text.join('\n\n') }]
        : [{ type: 'other', kind: 'thought', value: step }];
    }
    case 'function_call':
      return [{ type: 'tool_call', call: toolCall(step.id, step.name, step.arguments) }];
    case 'function_result': {
      const text = typeof step.result === 'string' ? step.result : JSON.stringify(step.result ?? null);
      const id = asString(step.call_id) ?? null;
      const name = asString(step.name) ?? null;
      return [
        {
          type: 'tool_result',
          result: { id, name, content: textParts(text), isError: step.is_error === true },
        },
      ];
    }
    default:
      return [{ type: 'other', kind: asString(step.type) ?? 'unknown', value: step }];
  }
}

/** Steps; the preview called them outputs. */
function stepsOf(interaction: JsonObject): readonly JsonObject[] {
  return asArray(interaction.steps ?? interaction.outputs).filter(isObject);
}

function readInteraction(interaction: JsonObject, steps: readonly JsonObject[]): AnswerReading {
  return {
    responseModel: asString(interaction.model) ?? asString(interaction.agent) ?? null,
    responseId: asString(interaction.id) ?? null,
    output: { parts: steps.flatMap(stepParts), alternatives: [] },
    usage: interactionUsage(interaction.usage),
    finishReason: asString(interaction.status) ?? null,
    error: statedError(interaction),
  };
}

/** Thoughts are counted beside the output, tool-use prompts beside the input; ours include them. */
function interactionUsage(value: Json | undefined): Usage | null {
  if (!isObject(value)) return null;
  const input = asNumber(value.total_input_tokens);
  const output = asNumber(value.total_output_tokens);
  if (input === undefined && output === undefined) return null;
  const reasoning = asNumber(value.total_thought_tokens) ?? 0;
  return {
    input: (input ?? 0) + (asNumber(value.total_tool_use_tokens) ?? 0),
    output: (output ?? 0) + reasoning,
    cachedInput: asNumber(value.total_cached_tokens) ?? 0,
    cacheWrite: 0,
    reasoning,
  };
}

function readStream(values: readonly JsonObject[]): AnswerReading {
  let interaction: JsonObject = {};
  let error: AnswerReading['error'] = null;
  const steps = new Map<number, OpenStep>();
  for (const value of values) {
    if (isObject(value.interaction)) interaction = { ...interaction, ...value.interaction };
    error ??= statedError(value);
    const index = asNumber(value.index) ?? steps.size;
    if (isObject(value.step)) steps.set(index, { step: value.step, text: '', args: '', summary: [] });
    const open = steps.get(index);
    if (isObject(value.delta) && open) addDelta(open, value.delta);
  }
  const whole = stepsOf(interaction);
  const streamed = [...steps].sort(([a], [b]) => a - b).map(([, open]) => finishStep(open));
  const reading = readInteraction(interaction, whole.length > 0 ? whole : streamed);
  // `in_progress` is no reason to finish: the stream was cut.
  const finishReason = reading.finishReason === 'in_progress' ? null : reading.finishReason;
  return { ...reading, finishReason, error: reading.error ?? error };
}

interface OpenStep {
  readonly step: JsonObject;
  text: string;
  args: string;
  readonly summary: Json[];
}

function addDelta(open: OpenStep, delta: JsonObject): void {
  if (delta.type === 'text') open.text += asString(delta.text) ?? '';
  else if (delta.type === 'arguments_delta') open.args += asString(delta.arguments) ?? '';
  else if (delta.type === 'thought_summary' && delta.content !== undefined) open.summary.push(delta.content);
}

function finishStep({ step, text, args, summary }: OpenStep): JsonObject {
  const read = args === '' ? undefined : parseJson(args);
  return {
    ...step,
    ...(text === '' ? {} : { content: [...asArray(step.content), { type: 'text', text }] }),
    ...(read ? { arguments: read.ok ? read.value : args } : {}),
    ...(summary.length > 0 ? { summary } : {}),
  };
}
