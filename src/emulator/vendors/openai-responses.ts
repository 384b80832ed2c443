import {
  type ChatApi,
  eventsOf,
  type Incoming,
  Refused,
  seconds,
  type Vendor,
  type Writing,
} from '../api.ts';
import type { Completion, CompletionPart } from '../completion.ts';
import { contentText, type Fields, fields, list, numberOrNull, text, textOrNull } from '../fields.ts';
import type { Memory } from '../memory.ts';
import { type Prompt, type PromptMessage, type ProviderName, parsedOrText } from '../prompt.ts';
import { namedEvent } from '../sse.ts';
import { azure } from './azure.ts';
import { openai } from './openai.ts';
import { padding } from './openai-chat.ts';

/** POST /v1/responses */
export const openaiResponses = responsesApi(openai);
/** POST /openai/v1/responses and /openai/responses on Azure */
export const azureResponses = responsesApi(azure);

function responsesApi(vendor: Vendor): ChatApi {
  return {
    kind: 'chat',
    vendor,
    contentType: 'application/json',
    streamContentType: () => 'text/event-stream; charset=utf-8',
    read: (request, memory) => readResponsesPrompt(request, memory, vendor.name),
    whole(writing) {
      const answer = new ResponseDraft(writing);
      answer.remember();
      return JSON.stringify(answer.object('final'), null, 2);
    },
    stream: writing =>
      responseEvents(writing).map(event => namedEvent(String(event.type), JSON.stringify(event))),
  };
}

function readResponsesPrompt(request: Incoming, memory: Memory, provider: ProviderName): Prompt {
  const body = fields(request.json);
  if (text(body.model) === '') throw new Refused('invalid-request', undefined, 'model');
  const items = conversation(body, memory);
  return {
    provider,
    model: text(body.model),
    stream: body.stream === true,
    system: [text(body.instructions), ...systemTexts(items)].filter(each => each !== '').join('\n'),
    messages: items.flatMap(readItem),
    tools: list(body.tools).map(value => {
      const tool = fields(value);
      return { name: text(tool.name), parameters: tool.parameters };
    }),
    toolChoice: readToolChoice(body.tool_choice),
    maxTokens: numberOrNull(body.max_output_tokens),
    schema: readSchema(fields(fields(body.text).format)),
    choices: 1,
    temperature: numberOrNull(body.temperature),
  };
}

/** What was said before, where `previous_response_id` names it, and the input. */
function conversation(body: Fields, memory: Memory): readonly unknown[] {
  const { input } = body;
  const items = typeof input === 'string' ? [{ role: 'user', content: input }] : list(input);
  const previous = textOrNull(body.previous_response_id);
  if (previous === null) return items;
  const earlier = memory.conversation(previous);
  if (!earlier) throw new Refused('invalid-request', `Previous response with id '${previous}' not found.`);
  return [...earlier, ...items];
}

function isSystem(item: Fields): boolean {
  return item.role === 'system' || item.role === 'developer';
}

function systemTexts(items: readonly unknown[]): string[] {
  return items
    .map(fields)
    .filter(isSystem)
    .map(item => contentText(item.content));
}

function readItem(value: unknown): PromptMessage[] {
  const item = fields(value);
  if (item.type === 'function_call') {
    const call = {
      id: textOrNull(item.call_id),
      name: text(item.name),
      arguments: parsedOrText(text(item.arguments)),
    };
    return [{ role: 'assistant', text: '', toolCalls: [call] }];
  }
  if (item.type === 'function_call_output') {
    const output = contentText(item.output);
    return [{ role: 'tool', id: textOrNull(item.call_id), name: null, text: output }];
  }
  if (item.role === undefined || isSystem(item)) return [];
  const said = contentText(item.content);
  if (item.role === 'assistant') return [{ role: 'assistant', text: said, toolCalls: [] }];
  return [{ role: 'user', text: said }];
}

function readToolChoice(value: unknown): Prompt['toolChoice'] {
  if (value === 'none') return 'none';
  if (value === 'required') return 'any';
  const name = text(fields(value).name);
  return name === '' ? 'auto' : { name };
}

function readSchema(format: Fields): unknown {
  if (format.type === 'json_object') return true;
  return format.type === 'json_schema' ? format.schema : undefined;
}

/** One output item, open and closed. */
interface Item {
  readonly part: CompletionPart;
  readonly id: string;
  readonly opened: object;
  readonly closed: object;
}

/** The response object at its stages, keys in the order OpenAI sends them. */
class ResponseDraft {
  readonly id: string;
  readonly items: readonly Item[];
  readonly #writing: Writing;
  readonly #body: Fields;

  constructor(writing: Writing) {
    const { random } = writing;
    this.#writing = writing;
    this.#body = fields(writing.request.json);
    this.id = `resp_0${random.hex(49)}`;
    this.items = writing.completion.parts.map(part => itemOf(part, writing, random.hex(49)));
  }

  /** Stores the conversation, so that the next request can name it. */
  remember(): void {
    if (this.#body.store === false) return;
    const { memory } = this.#writing;
    const closed = this.items.map(item => item.closed);
    memory.store(this.id, [...conversation(this.#body, memory), ...closed]);
  }

  object(stage: 'created' | 'final'): object {
    const body = this.#body;
    const { completion, usage, now, model } = this.#writing;
    const final = stage === 'final';
    const cut = completion.finish === 'length';
    const reasoning = fields(body.reasoning);
    return {
      id: this.id,
      object: 'response',
      created_at: seconds(now),
      status: final ? (cut ? 'incomplete' : 'completed') : 'in_progress',
      background: false,
      completed_at: final && !cut ? seconds(now) : null,
      error: null,
      frequency_penalty: 0,
      incomplete_details: final && cut ? { reason: 'max_output_tokens' } : null,
      instructions: body.instructions ?? null,
      max_output_tokens: body.max_output_tokens ?? null,
      max_tool_calls: body.max_tool_calls ?? null,
      model,
      moderation: null,
      output: final ? this.items.map(item => item.closed) : [],
      parallel_tool_calls: body.parallel_tool_calls ?? true,
      presence_penalty: 0,
      previous_response_id: body.previous_response_id ?? null,
      prompt_cache_key: body.prompt_cache_key ?? null,
      prompt_cache_retention: null,
      reasoning: { effort: reasoning.effort ?? null, summary: reasoning.summary ?? null },
      safety_identifier: body.safety_identifier ?? null,
      service_tier: final ? 'default' : 'auto',
      store: body.store ?? true,
      temperature: body.temperature ?? 1,
      text: { format: { type: 'text' }, verbosity: 'medium', ...fields(body.text) },
      tool_choice: body.tool_choice ?? 'auto',
      tools: list(body.tools),
      top_logprobs: 0,
      top_p: body.top_p ?? 1,
      truncation: body.truncation ?? 'disabled',
      usage: final
        ? {
            input_tokens: usage.input,
            input_tokens_details: { cached_tokens: 0 },
            output_tokens: usage.output,
            output_tokens_details: { reasoning_tokens: usage.reasoning },
            total_tokens: usage.input + usage.output,
          }
        : null,
      user: body.user ?? null,
      metadata: body.metadata ?? {},
    };
  }
}

function itemOf(part: CompletionPart, writing: Writing, hex: string): Item {
  switch (part.type) {
    case 'reasoning': {
      const id = `rs_0${hex}`;
      const summary = [{ type: 'summary_text', text: part.text }];
      return {
        part,
        id,
        opened: { id, type: 'reasoning', summary: [] },
        closed: { id, type: 'reasoning', summary },
      };
    }
    case 'tool_call': {
      const id = `fc_0${hex}`;
      const tail = { call_id: `call_${writing.random.alphanumeric(24)}`, name: part.name };
      const item = (status: string, args: string) => {
        return { id, type: 'function_call', status, arguments: args, ...tail };
      };
      const closed = item('completed', JSON.stringify(part.arguments));
      return { part, id, opened: item('in_progress', ''), closed };
    }
    case 'text':
    case 'refusal': {
      const id = `msg_0${hex}`;
      const message = (status: string, content: readonly object[]) => {
        return { id, type: 'message', status, content, role: 'assistant' };
      };
      const ended = writing.completion.finish === 'length' ? 'incomplete' : 'completed';
      return { part, id, opened: message('in_progress', []), closed: message(ended, [content(part)]) };
    }
  }
}

function content(part: Extract<CompletionPart, { type: 'text' | 'refusal' }>, said = part.text): object {
  if (part.type === 'refusal') return { type: 'refusal', refusal: said };
  return { type: 'output_text', annotations: [], logprobs: [], text: said };
}

/** The full sequence of a stream. Keys after `type` are in alphabetical order, as OpenAI sends them since 2026. */
function responseEvents(writing: Writing): Fields[] {
  const events: Fields[] = [];
  const emit = (type: string, details: Fields) => {
    const sorted = Object.entries({ ...details, sequence_number: events.length });
    events.push({ type, ...Object.fromEntries(sorted.sort(([a], [b]) => (a < b ? -1 : 1))) });
  };
  const draft = new ResponseDraft(writing);
  emit('response.created', { response: draft.object('created') });
  emit('response.in_progress', { response: draft.object('created') });
  for (const [output_index, item] of draft.items.entries()) {
    emit('response.output_item.added', { item: item.opened, output_index });
    emitItem(item, output_index, writing, emit);
    emit('response.output_item.done', { item: item.closed, output_index });
  }
  draft.remember();
  emit(ending(writing.completion), { response: draft.object('final') });
  return events;
}

function emitItem(
  { part, id: item_id }: Item,
  output_index: number,
  writing: Writing,
  emit: (type: string, details: Fields) => void,
): void {
  const options = fields(fields(writing.request.json).stream_options);
  const padded = (piece: string): Fields =>
    options.include_obfuscation === false ? {} : { obfuscation: padding(piece, writing.random) };
  switch (part.type) {
    case 'reasoning': {
      const at = { item_id, output_index, summary_index: 0 };
      const summary = (said: string) => ({ type: 'summary_text', text: said });
      emit('response.reasoning_summary_part.added', { ...at, part: summary('') });
      for (const piece of eventsOf(part.text, writing, 1)) {
        emit('response.reasoning_summary_text.delta', { ...at, delta: piece, ...padded(piece) });
      }
      emit('response.reasoning_summary_text.done', { ...at, text: part.text });
      emit('response.reasoning_summary_part.done', { ...at, part: summary(part.text) });
      return;
    }
    case 'tool_call': {
      const json = JSON.stringify(part.arguments);
      for (const piece of eventsOf(json, writing, 1)) {
        emit('response.function_call_arguments.delta', {
          delta: piece,
          item_id,
          output_index,
          ...padded(piece),
        });
      }
      emit('response.function_call_arguments.done', { arguments: json, item_id, output_index });
      return;
    }
    case 'text':
    case 'refusal': {
      const at = { content_index: 0, item_id, output_index };
      const isText = part.type === 'text';
      const name = isText ? 'response.output_text' : 'response.refusal';
      const logprobs = isText ? { logprobs: [] } : {};
      emit('response.content_part.added', { ...at, part: content(part, '') });
      for (const piece of eventsOf(part.text, writing, 1)) {
        emit(`${name}.delta`, { ...at, delta: piece, ...logprobs, ...(isText ? padded(piece) : {}) });
      }
      emit(`${name}.done`, { ...at, ...logprobs, [isText ? 'text' : 'refusal']: part.text });
      emit('response.content_part.done', { ...at, part: content(part) });
      return;
    }
  }
}

function ending({ finish }: Completion): string {
  return finish === 'length' ? 'response.incomplete' : 'response.completed';
}
