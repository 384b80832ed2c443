import { asArray, asNumber, asObject, asString, type Json, type JsonObject } from '../../../wire/json.ts';
import type { Piece } from '../editable-answer.ts';
import { at, edited, type Path, type Shape, type Slot, withAt } from '../shape.ts';

/**
 * https://platform.openai.com/docs/api-reference/responses: `output` items; a stream tells each item in deltas, again when it
 * is done, and all of them once more in `response.completed`. All places are edited alike.
 */
export const openaiResponses: Shape = {
  dialect: 'openai-responses',
  finish: { stop: 'completed', calls: 'completed', length: 'incomplete', refusal: 'incomplete' },

  slots(pieces, streamed) {
    if (!streamed) return pieces.flatMap(({ value }, piece) => responseSlots(asObject(value), piece, []));
    const calls = callOrder(pieces);
    return pieces.flatMap(({ value }, piece) => eventSlots(asObject(value), piece, calls));
  },

  asText(pieces, streamed, text, finish) {
    const item = messageItem(text);
    const output = text === '' ? [] : [item];
    const ended = (value: Json | undefined, path: Path): Json => {
      const response = asObject(at(value, path));
      const reason = finish === 'incomplete' ? { incomplete_details: { reason: 'content_filter' } } : {};
      const next = { ...response, status: finish, output, ...reason };
      return withAt(value, path, 'output_text' in response ? { ...next, output_text: text } : next);
    };
    if (!streamed) return pieces.map(piece => edited(piece, ended(piece.value, [])));
    const kept = pieces.filter(({ value }) => isObjectOfResponse(value));
    const sequence = { n: kept.length - 1 };
    return kept.flatMap(piece => {
      const type = typeOf(piece.value);
      if (!ENDS.test(type)) return [piece];
      const made = text === '' ? [] : itemEvents(item, text, sequence);
      const end = withAt(ended(piece.value, ['response']), ['type'], `response.${finish}`);
      return [...made, { event: `response.${finish}`, value: withAt(end, ['sequence_number'], sequence.n) }];
    });
  },

  callAgain(pieces, streamed, part) {
    const again = (value: Json | undefined): JsonObject => {
      const item = asObject(value);
      return { ...item, id: `${String(item.id)}again`, call_id: `${String(item.call_id)}again` };
    };
    const order = Number(part.slice(5));
    const appended = (value: Json | undefined, path: Path): Json => {
      const items = asArray(at(value, path));
      const call = items.filter(item => asObject(item).type === 'function_call')[order];
      return withAt(value, path, [...items, again(call)]);
    };
    if (!streamed) return pieces.map(piece => edited(piece, appended(piece.value, ['output'])));
    const calls = callOrder(pieces);
    const index = [...calls].find(([, name]) => name === part)?.[0];
    const last = Math.max(...pieces.map(({ value }) => asNumber(at(value, ['output_index'])) ?? 0));
    const copy = pieces
      .filter(({ value }) => at(value, ['output_index']) === index)
      .map(piece => {
        const value = asObject(piece.value);
        const moved: JsonObject = {
          ...value,
          output_index: last + 1,
          ...(value.item_id === undefined ? {} : { item_id: `${String(value.item_id)}again` }),
          ...(value.item === undefined ? {} : { item: again(value.item) }),
        };
        return edited(piece, moved);
      });
    return pieces.flatMap(piece =>
      ENDS.test(typeOf(piece.value))
        ? [...copy, edited(piece, appended(piece.value, ['response', 'output']))]
        : [piece],
    );
  },
};

const ENDS = /^response\.(completed|incomplete)$/;

const typeOf = (value: Json | undefined): string => asString(asObject(value).type) ?? '';

const isObjectOfResponse = (value: Json | undefined): boolean => asObject(value).response !== undefined;

/** The function call each `output_index` stands for. */
function callOrder(pieces: readonly Piece[]): ReadonlyMap<Json | undefined, string> {
  const calls = new Map<Json | undefined, string>();
  for (const { value } of pieces) {
    if (typeOf(value) === 'response.output_item.added' && at(value, ['item', 'type']) === 'function_call')
      calls.set(asObject(value).output_index, `call-${calls.size}`);
  }
  return calls;
}

function itemSlots(
  item: JsonObject,
  piece: number,
  path: Path,
  index: Json | undefined,
  call: string,
): Slot[] {
  if (item.type === 'function_call') {
    return [
      { kind: 'id', part: call, piece, path: [...path, 'call_id'], form: 'full' },
      { kind: 'name', part: call, piece, path: [...path, 'name'], form: 'full' },
      { kind: 'arguments', part: call, piece, path: [...path, 'arguments'], form: 'full' },
    ];
  }
  if (item.type !== 'message') return [];
  return asArray(item.content).flatMap((content, i): Slot[] =>
    asObject(content).type === 'output_text'
      ? [
          {
            kind: 'text',
            part: `text-${String(index)}`,
            piece,
            path: [...path, 'content', i, 'text'],
            form: 'full',
          },
        ]
      : [],
  );
}

function responseSlots(response: JsonObject, piece: number, path: Path): Slot[] {
  let calls = 0;
  const items = asArray(response.output).flatMap((raw, i): Slot[] => {
    const item = asObject(raw);
    const here = [...path, 'output', i];
    const call = item.type === 'function_call' ? `call-${calls++}` : '';
    const whole: Slot[] = call === '' ? [] : [{ kind: 'whole', part: call, piece, path: here, form: 'full' }];
    return [...whole, ...itemSlots(item, piece, here, i, call)];
  });
  return [...items, { kind: 'finish', part: '', piece, path: [...path, 'status'], form: 'full' }];
}

function eventSlots(event: JsonObject, piece: number, calls: ReadonlyMap<Json | undefined, string>): Slot[] {
  const type = asString(event.type) ?? '';
  if (ENDS.test(type)) return responseSlots(asObject(event.response), piece, ['response']);
  const index = event.output_index;
  const call = calls.get(index);
  const slots: Slot[] =
    call === undefined ? [] : [{ kind: 'whole', part: call, piece, path: [], form: 'full' }];
  if (type === 'response.function_call_arguments.delta' && call !== undefined)
    slots.push({ kind: 'arguments', part: call, piece, path: ['delta'], form: 'delta' });
  if (type === 'response.function_call_arguments.done' && call !== undefined)
    slots.push({ kind: 'arguments', part: call, piece, path: ['arguments'], form: 'full' });
  const text = { kind: 'text', part: `text-${String(index)}`, piece } as const;
  if (type === 'response.output_text.delta') slots.push({ ...text, path: ['delta'], form: 'delta' });
  if (type === 'response.output_text.done') slots.push({ ...text, path: ['text'], form: 'full' });
  if (type === 'response.content_part.done' && at(event, ['part', 'type']) === 'output_text')
    slots.push({ ...text, path: ['part', 'text'], form: 'full' });
  if (type === 'response.output_item.done')
    slots.push(...itemSlots(asObject(event.item), piece, ['item'], index, call ?? ''));
  if (type === 'response.output_item.added' && call !== undefined)
    slots.push(
      { kind: 'id', part: call, piece, path: ['item', 'call_id'], form: 'full' },
      { kind: 'name', part: call, piece, path: ['item', 'name'], form: 'full' },
    );
  return slots;
}

const messageItem = (text: string): JsonObject => ({
  id: 'msg_0000000000000000000000000000000f',
  type: 'message',
  status: 'completed',
  role: 'assistant',
  content: [{ type: 'output_text', text, annotations: [] }],
});

function itemEvents(item: JsonObject, text: string, sequence: { n: number }): Piece[] {
  const place = { output_index: 0, item_id: item.id, content_index: 0 };
  const part = { type: 'output_text', text, annotations: [] };
  const events: JsonObject[] = [
    {
      type: 'response.output_item.added',
      output_index: 0,
      item: { ...item, status: 'in_progress', content: [] },
    },
    { type: 'response.content_part.added', ...place, part: { ...part, text: '' } },
    { type: 'response.output_text.delta', ...place, delta: text },
    { type: 'response.output_text.done', ...place, text },
    { type: 'response.content_part.done', ...place, part },
    { type: 'response.output_item.done', output_index: 0, item },
  ];
  return events.map(value => ({
    event: String(value.type),
    value: { ...value, sequence_number: sequence.n++ },
  }));
}
