import { asArray, asNumber, asObject, asString, type Json, type JsonObject } from '../../../wire/json.ts';
import type { Piece } from '../editable-answer.ts';
import { at, edited, type Shape, type Slot, withAt } from '../shape.ts';

/** https://docs.anthropic.com/en/api/messages: `content` blocks, streamed as `content_block_*` events. */
export const anthropicMessages: Shape = {
  dialect: 'anthropic-messages',
  finish: { stop: 'end_turn', calls: 'tool_use', length: 'max_tokens', refusal: 'refusal' },

  slots(pieces, streamed) {
    return streamed ? streamSlots(pieces) : pieces.flatMap(({ value }, piece) => blockSlots(value, piece));
  },

  asText(pieces, streamed, text, finish) {
    const block = { type: 'text', text };
    if (!streamed) {
      return pieces.map(piece =>
        edited(piece, {
          ...asObject(piece.value),
          content: text === '' ? [] : [block],
          stop_reason: finish,
        }),
      );
    }
    const made: Piece[] =
      text === ''
        ? []
        : [
            event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
            event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
            event({ type: 'content_block_stop', index: 0 }),
          ];
    const kept = pieces.filter(({ value }) => !typeOf(value).startsWith('content_block'));
    return kept.flatMap(piece => {
      if (typeOf(piece.value) === 'message_delta')
        return [...made, edited(piece, withAt(piece.value, ['delta', 'stop_reason'], finish))];
      return [piece];
    });
  },

  callAgain(pieces, streamed, part) {
    const slot = this.slots(pieces, streamed).find(
      ({ kind, part: owner }) => kind === 'whole' && owner === part,
    );
    if (!slot) return null;
    const again = (value: Json | undefined): JsonObject => {
      const block = asObject(value);
      return { ...block, id: `${String(block.id)}again` };
    };
    if (!streamed) {
      return pieces.map(piece => {
        const content = asArray(at(piece.value, ['content']));
        return edited(
          piece,
          withAt(piece.value, ['content'], [...content, again(at(piece.value, slot.path))]),
        );
      });
    }
    const index = at(pieces[slot.piece]?.value, ['index']);
    const last = Math.max(...pieces.map(({ value }) => asNumber(at(value, ['index'])) ?? 0));
    const copy = pieces
      .filter(({ value }) => typeOf(value).startsWith('content_block') && at(value, ['index']) === index)
      .map(piece => {
        const value = withAt(piece.value, ['index'], last + 1);
        const block = at(value, ['content_block']);
        return edited(piece, block === undefined ? value : withAt(value, ['content_block'], again(block)));
      });
    const end = pieces.findLastIndex(({ value }) => typeOf(value) === 'content_block_stop');
    return [...pieces.slice(0, end + 1), ...copy, ...pieces.slice(end + 1)];
  },
};

const typeOf = (value: Json | undefined): string => asString(asObject(value).type) ?? '';

const event = (value: JsonObject & { readonly type: string }): Piece => ({ event: value.type, value });

function blockSlots(value: Json | undefined, piece: number): Slot[] {
  let calls = 0;
  const blocks = asArray(asObject(value).content).flatMap((raw, i): Slot[] => {
    const { type } = asObject(raw);
    const path = ['content', i];
    if (type === 'text')
      return [{ kind: 'text', part: `text-${i}`, piece, path: [...path, 'text'], form: 'full' }];
    if (type !== 'tool_use') return [];
    const part = `call-${calls++}`;
    return [
      { kind: 'whole', part, piece, path, form: 'full' },
      { kind: 'id', part, piece, path: [...path, 'id'], form: 'full' },
      { kind: 'name', part, piece, path: [...path, 'name'], form: 'full' },
      { kind: 'arguments', part, piece, path: [...path, 'input'], form: 'object' },
    ];
  });
  return [...blocks, { kind: 'finish', part: '', piece, path: ['stop_reason'], form: 'full' }];
}

function streamSlots(pieces: readonly Piece[]): Slot[] {
  const parts = new Map<Json | undefined, string>();
  let calls = 0;
  return pieces.flatMap(({ value }, piece): Slot[] => {
    const type = typeOf(value);
    const index = asObject(value).index;
    if (type === 'message_delta')
      return [{ kind: 'finish', part: '', piece, path: ['delta', 'stop_reason'], form: 'full' }];
    if (!type.startsWith('content_block')) return [];
    if (type === 'content_block_start') {
      const block = at(value, ['content_block', 'type']);
      parts.set(index, block === 'tool_use' ? `call-${calls++}` : `${String(block)}-${String(index)}`);
    }
    const part = parts.get(index);
    if (part === undefined) return [];
    const slots: Slot[] = [];
    if (part.startsWith('call-')) slots.push({ kind: 'whole', part, piece, path: [], form: 'full' });
    if (at(value, ['content_block', 'name']) !== undefined && part.startsWith('call-'))
      slots.push(
        { kind: 'id', part, piece, path: ['content_block', 'id'], form: 'full' },
        { kind: 'name', part, piece, path: ['content_block', 'name'], form: 'full' },
      );
    const delta = at(value, ['delta', 'type']);
    if (delta === 'text_delta')
      slots.push({ kind: 'text', part, piece, path: ['delta', 'text'], form: 'delta' });
    if (delta === 'input_json_delta')
      slots.push({ kind: 'arguments', part, piece, path: ['delta', 'partial_json'], form: 'delta' });
    return slots;
  });
}
