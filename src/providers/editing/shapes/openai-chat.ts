import { asArray, asNumber, asObject, type Json, type JsonObject } from '../../../wire/json.ts';
import type { Piece } from '../editable-answer.ts';
import { at, edited, type Shape, type Slot, withAt } from '../shape.ts';

const FINISH = ['choices', 0, 'finish_reason'];

/** https://platform.openai.com/docs/api-reference/chat: `choices[0].message`, streamed as `choices[0].delta`. */
export const openaiChat: Shape = {
  dialect: 'openai-chat',
  finish: { stop: 'stop', calls: 'tool_calls', length: 'length', refusal: 'content_filter' },

  slots(pieces, streamed) {
    const said = ['choices', 0, streamed ? 'delta' : 'message'];
    const form = streamed ? 'delta' : 'full';
    return pieces.flatMap(({ value }, piece): Slot[] => {
      const message = asObject(at(value, said));
      const slots: Slot[] = [];
      if (typeof message.content === 'string')
        slots.push({ kind: 'text', part: 'text-0', piece, path: [...said, 'content'], form });
      asArray(message.tool_calls).forEach((raw, i) => {
        const call = asObject(raw);
        const part = `call-${asNumber(call.index) ?? i}`;
        const path = [...said, 'tool_calls', i];
        const { name, arguments: args } = asObject(call.function);
        // In a stream a piece that holds one call only goes as a whole: an empty delta would be no vendor's.
        const alone = streamed && asArray(message.tool_calls).length === 1;
        slots.push({ kind: 'whole', part, piece, path: alone ? [] : path, form });
        if (typeof call.id === 'string' && call.id !== '')
          slots.push({ kind: 'id', part, piece, path: [...path, 'id'], form: 'full' });
        if (typeof name === 'string' && name !== '')
          slots.push({ kind: 'name', part, piece, path: [...path, 'function', 'name'], form });
        if (typeof args === 'string')
          slots.push({ kind: 'arguments', part, piece, path: [...path, 'function', 'arguments'], form });
      });
      if (typeof at(value, FINISH) === 'string')
        slots.push({ kind: 'finish', part: '', piece, path: FINISH, form: 'full' });
      return slots;
    });
  },

  asText(pieces, streamed, text, finish) {
    if (!streamed) {
      return pieces.map(piece => {
        const message = asObject(at(piece.value, ['choices', 0, 'message']));
        const { tool_calls: _, ...rest } = message;
        const next = withAt(piece.value, ['choices', 0, 'message'], { ...rest, content: text } as JsonObject);
        return edited(piece, withAt(next, FINISH, finish));
      });
    }
    const [first, ...rest] = pieces;
    if (!first) return pieces;
    const begun = edited(
      first,
      withAt(first.value, ['choices', 0, 'delta'], { role: 'assistant', content: text }),
    );
    const ends = rest.flatMap(piece => {
      const finishes = typeof at(piece.value, FINISH) === 'string';
      const says = hasDelta(piece.value);
      if (says && !finishes) return [];
      // Some hosts finish in the very piece that says the last words.
      const quiet = says ? edited(piece, withAt(piece.value, ['choices', 0, 'delta'], {})) : piece;
      return [finishes ? edited(quiet, withAt(quiet.value, FINISH, finish)) : quiet];
    });
    return [begun, ...ends];
  },

  callAgain(pieces, streamed, part) {
    const mine = (call: Json, i: number): boolean => `call-${asNumber(asObject(call).index) ?? i}` === part;
    if (!streamed) {
      const path = ['choices', 0, 'message', 'tool_calls'];
      return pieces.map(piece => {
        const calls = asArray(at(piece.value, path));
        const call = asObject(calls.find(mine));
        return edited(
          piece,
          withAt(piece.value, path, [...calls, { ...call, id: `${String(call.id)}again` }]),
        );
      });
    }
    const path = ['choices', 0, 'delta', 'tool_calls'];
    const owner = (piece: Piece): boolean => asArray(at(piece.value, path)).some(mine);
    const count = new Set(
      pieces.flatMap(({ value }) => asArray(at(value, path)).map(call => asObject(call).index)),
    ).size;
    const again = pieces.filter(owner).map(piece =>
      edited(
        piece,
        withAt(
          piece.value,
          path,
          asArray(at(piece.value, path))
            .filter(mine)
            .map(raw => {
              const call = asObject(raw);
              return {
                ...call,
                index: count,
                ...(typeof call.id === 'string' ? { id: `${call.id}again` } : {}),
              };
            }),
        ),
      ),
    );
    const end = pieces.findLastIndex(({ value }) => asArray(at(value, path)).length > 0);
    return [...pieces.slice(0, end + 1), ...again, ...pieces.slice(end + 1)];
  },
};

function hasDelta(value: Json | undefined): boolean {
  const delta = asObject(at(value, ['choices', 0, 'delta']));
  return (typeof delta.content === 'string' && delta.content !== '') || asArray(delta.tool_calls).length > 0;
}
