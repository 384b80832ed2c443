import { seconds, type Writing } from '../api.ts';
import type { CompletionPart } from '../completion.ts';
import { type Fields, fields, list } from '../fields.ts';
import { conversation } from './responses-prompt.ts';

/** One output item, open and closed. */
export interface Item {
  readonly part: CompletionPart;
  readonly id: string;
  readonly opened: object;
  readonly closed: object;
}

/** The response object at its stages, keys in the order OpenAI sends them. */
export class ResponseDraft {
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

  /** `whole`: not in a stream; only there OpenAI says who pays. */
  object(stage: 'created' | 'final' | 'whole'): object {
    const body = this.#body;
    const { completion, usage, now, model } = this.#writing;
    const final = stage !== 'created';
    const cut = completion.finish === 'length';
    const reasoning = fields(body.reasoning);
    return {
      id: this.id,
      object: 'response',
      created_at: seconds(now),
      status: final ? (cut ? 'incomplete' : 'completed') : 'in_progress',
      background: false,
      ...(stage === 'whole' ? { billing: { payer: 'developer' } } : {}),
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

export function content(
  part: Extract<CompletionPart, { type: 'text' | 'refusal' }>,
  said = part.text,
): object {
  if (part.type === 'refusal') return { type: 'refusal', refusal: said };
  return { type: 'output_text', annotations: [], logprobs: [], text: said };
}

/** These fields are floats to OpenAI's server, which writes 1.0 where JavaScript writes 1. */
export function withFloats(json: string): string {
  return json.replace(
    /(?<!\\)"(frequency_penalty|presence_penalty|temperature|top_p)":( ?)(-?\d+)(?=[,\n}])/g,
    '"$1":$2$3.0',
  );
}
