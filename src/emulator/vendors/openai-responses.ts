import { type ChatApi, eventsOf, type Vendor, type Writing } from '../api.ts';
import type { Completion } from '../completion.ts';
import { type Fields, fields } from '../fields.ts';
import { namedEvent } from '../sse.ts';
import { azure } from './azure.ts';
import { openai } from './openai.ts';
import { padding } from './openai-chat.ts';
import { content, type Item, ResponseDraft, withFloats } from './responses-draft.ts';
import { readResponsesPrompt } from './responses-prompt.ts';

/** POST /v1/responses */
export const openaiResponses = responsesApi(openai);
/** POST /openai/v1/responses and /openai/responses on Azure */
export const azureResponses = responsesApi(azure);

function responsesApi(vendor: Vendor): ChatApi {
  return {
    kind: 'chat',
    vendor,
    dialect: 'openai-responses',
    contentType: 'application/json',
    streamContentType: () => 'text/event-stream; charset=utf-8',
    read: (request, memory) => readResponsesPrompt(request, memory, vendor.name),
    whole(writing) {
      const answer = new ResponseDraft(writing);
      answer.remember();
      return withFloats(JSON.stringify(answer.object('whole'), null, 2));
    },
    stream: writing =>
      responseEvents(writing).map(event => namedEvent(String(event.type), withFloats(JSON.stringify(event)))),
  };
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
