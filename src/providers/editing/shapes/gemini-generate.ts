import { asArray, asObject, type JsonObject } from '../../../wire/json.ts';
import { at, edited, type Shape, type Slot, withAt } from '../shape.ts';

const PARTS = ['candidates', 0, 'content', 'parts'];
const FINISH = ['candidates', 0, 'finishReason'];

/** https://ai.google.dev/api/generate-content: `candidates[0].content.parts`; a stream repeats the whole shape in pieces. */
export const geminiGenerate: Shape = {
  dialect: 'gemini-generate',
  finish: { stop: 'STOP', calls: 'STOP', length: 'MAX_TOKENS', refusal: 'SAFETY' },

  slots(pieces, streamed) {
    let calls = 0;
    return pieces.flatMap(({ value }, piece): Slot[] => {
      const parts = asArray(at(value, PARTS)).flatMap((raw, i): Slot[] => {
        const part = asObject(raw);
        const path = [...PARTS, i];
        if (typeof part.text === 'string' && part.thought !== true)
          return [
            {
              kind: 'text',
              part: 'text-0',
              piece,
              path: [...path, 'text'],
              form: streamed ? 'delta' : 'full',
            },
          ];
        if (part.functionCall === undefined) return [];
        const owner = `call-${calls++}`;
        const named = at(part, ['functionCall', 'id']) !== undefined;
        return [
          ...(named
            ? [
                {
                  kind: 'id',
                  part: owner,
                  piece,
                  path: [...path, 'functionCall', 'id'],
                  form: 'full',
                } as const,
              ]
            : []),
          { kind: 'whole', part: owner, piece, path, form: 'full' },
          { kind: 'name', part: owner, piece, path: [...path, 'functionCall', 'name'], form: 'full' },
          { kind: 'arguments', part: owner, piece, path: [...path, 'functionCall', 'args'], form: 'object' },
        ];
      });
      if (typeof at(value, FINISH) !== 'string') return parts;
      return [...parts, { kind: 'finish', part: '', piece, path: FINISH, form: 'full' }];
    });
  },

  asText(pieces, _streamed, text, finish) {
    const last = pieces.at(-1);
    if (!last) return pieces;
    const content: JsonObject = text === '' ? { role: 'model' } : { role: 'model', parts: [{ text }] };
    const said = withAt(last.value, ['candidates', 0, 'content'], content);
    return [edited(last, withAt(said, FINISH, finish))];
  },

  callAgain(pieces, streamed, part) {
    const slot = this.slots(pieces, streamed).find(
      ({ kind, part: owner }) => kind === 'whole' && owner === part,
    );
    if (!slot) return null;
    return pieces.map((piece, i) => {
      if (i !== slot.piece) return piece;
      const call = asObject(at(piece.value, slot.path));
      const inner = asObject(call.functionCall);
      const id = inner.id === undefined ? {} : { id: `${String(inner.id)}again` };
      const copy = { ...call, functionCall: { ...inner, ...id } };
      return edited(piece, withAt(piece.value, PARTS, [...asArray(at(piece.value, PARTS)), copy]));
    });
  },
};
