import { asArray, asNumber, asObject, type Json, type JsonObject } from '../../../wire/json.ts';
import type { Piece } from '../editable-answer.ts';
import { at, edited, type Shape, type Slot, withAt } from '../shape.ts';

const CONTENT = ['output', 'message', 'content'];

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html and `…_ConverseStream`. */
export const bedrockConverse: Shape = {
  dialect: 'bedrock-converse',
  finish: { stop: 'end_turn', calls: 'tool_use', length: 'max_tokens', refusal: 'content_filtered' },

  slots(pieces, streamed) {
    return streamed ? streamSlots(pieces) : pieces.flatMap(({ value }, piece) => blockSlots(value, piece));
  },

  asText(pieces, streamed, text, finish) {
    if (!streamed) {
      return pieces.map(piece => {
        const said = withAt(piece.value, CONTENT, text === '' ? [] : [{ text }]);
        return edited(piece, withAt(said, ['stopReason'], finish));
      });
    }
    const made: Piece[] =
      text === ''
        ? []
        : [
            { event: 'contentBlockDelta', value: { contentBlockIndex: 0, delta: { text } } },
            { event: 'contentBlockStop', value: { contentBlockIndex: 0 } },
          ];
    return pieces.flatMap(piece => {
      if (piece.event?.startsWith('contentBlock')) return [];
      if (piece.event !== 'messageStop') return [piece];
      return [...made, edited(piece, withAt(piece.value, ['stopReason'], finish))];
    });
  },

  callAgain(pieces, streamed, part) {
    const slot = this.slots(pieces, streamed).find(
      ({ kind, part: owner }) => kind === 'whole' && owner === part,
    );
    if (!slot) return null;
    const again = (use: Json | undefined): JsonObject => ({
      ...asObject(use),
      toolUseId: `${String(asObject(use).toolUseId)}again`,
    });
    if (!streamed) {
      return pieces.map(piece => {
        const block = { toolUse: again(at(piece.value, [...slot.path, 'toolUse'])) };
        return edited(piece, withAt(piece.value, CONTENT, [...asArray(at(piece.value, CONTENT)), block]));
      });
    }
    const index = at(pieces[slot.piece]?.value, ['contentBlockIndex']);
    const last = Math.max(...pieces.map(({ value }) => asNumber(at(value, ['contentBlockIndex'])) ?? 0));
    const copy = pieces
      .filter(
        ({ event, value }) => event?.startsWith('contentBlock') && at(value, ['contentBlockIndex']) === index,
      )
      .map(piece => {
        const value = withAt(piece.value, ['contentBlockIndex'], last + 1);
        const use = at(value, ['start', 'toolUse']);
        return edited(piece, use === undefined ? value : withAt(value, ['start', 'toolUse'], again(use)));
      });
    const end = pieces.findLastIndex(({ event }) => event === 'contentBlockStop');
    return [...pieces.slice(0, end + 1), ...copy, ...pieces.slice(end + 1)];
  },
};

function blockSlots(value: Json | undefined, piece: number): Slot[] {
  let calls = 0;
  const blocks = asArray(at(value, CONTENT)).flatMap((raw, i): Slot[] => {
    const block = asObject(raw);
    const path = [...CONTENT, i];
    if (typeof block.text === 'string')
      return [{ kind: 'text', part: `text-${i}`, piece, path: [...path, 'text'], form: 'full' }];
    if (block.toolUse === undefined) return [];
    const part = `call-${calls++}`;
    return [
      { kind: 'whole', part, piece, path, form: 'full' },
      { kind: 'id', part, piece, path: [...path, 'toolUse', 'toolUseId'], form: 'full' },
      { kind: 'name', part, piece, path: [...path, 'toolUse', 'name'], form: 'full' },
      { kind: 'arguments', part, piece, path: [...path, 'toolUse', 'input'], form: 'object' },
    ];
  });
  return [...blocks, { kind: 'finish', part: '', piece, path: ['stopReason'], form: 'full' }];
}

function streamSlots(pieces: readonly Piece[]): Slot[] {
  const calls = new Map<Json | undefined, string>();
  return pieces.flatMap(({ event, value }, piece): Slot[] => {
    if (event === 'messageStop')
      return [{ kind: 'finish', part: '', piece, path: ['stopReason'], form: 'full' }];
    if (!event?.startsWith('contentBlock')) return [];
    const index = at(value, ['contentBlockIndex']);
    if (at(value, ['start', 'toolUse']) !== undefined) calls.set(index, `call-${calls.size}`);
    const part = calls.get(index);
    if (part === undefined) {
      if (typeof at(value, ['delta', 'text']) !== 'string') return [];
      return [{ kind: 'text', part: `text-${String(index)}`, piece, path: ['delta', 'text'], form: 'delta' }];
    }
    const slots: Slot[] = [{ kind: 'whole', part, piece, path: [], form: 'full' }];
    if (at(value, ['start', 'toolUse']) !== undefined)
      slots.push(
        { kind: 'id', part, piece, path: ['start', 'toolUse', 'toolUseId'], form: 'full' },
        { kind: 'name', part, piece, path: ['start', 'toolUse', 'name'], form: 'full' },
      );
    if (typeof at(value, ['delta', 'toolUse', 'input']) === 'string')
      slots.push({ kind: 'arguments', part, piece, path: ['delta', 'toolUse', 'input'], form: 'delta' });
    return slots;
  });
}
