import { withPieces } from '../../providers/editing/editable-answer.ts';
import { edited, type Slot, withAt, withSlotText } from '../../providers/editing/shape.ts';
import { openaiResponses } from '../../providers/editing/shapes/openai-responses.ts';
import type { Fault, Target } from '../operator.ts';
import { editable, outputFault, textsOf, withFinish } from './edits.ts';

/** The last text cut in half, with or without the vendor's word for it. */
export function truncation(target: Target, flagged: boolean): readonly Fault[] {
  const found = editable(target);
  const last = found && textsOf(found).at(-1);
  // A text before tool calls is not what was cut: generation goes in order.
  const calls = target.call?.output.parts.some(({ type }) => type === 'tool_call');
  if (!found || !last || calls || last.text.length < 4) return [];
  const half = cutInHalf(last.text);
  const cut = withSlotText(found.body.pieces, found.slots, 'text', last.part, half);
  if (!cut) return [];
  const { finish } = found.shape;
  const pieces = flagged
    ? incomplete(withFinish(found.slots, cut, finish.length), found.slots, found.shape === openaiResponses)
    : cut;
  const word = flagged ? `, finish reason ${finish.length}` : ', finish reason as recorded';
  return outputFault(
    withPieces(found.body, pieces),
    `the text cut after ${half.length} of ${last.text.length} characters${word}`,
  );
}

/** Responses say why they are incomplete in a member of its own, and a stream in its last event's name. */
function incomplete(
  pieces: ReturnType<typeof withFinish>,
  slots: readonly Slot[],
  responses: boolean,
): ReturnType<typeof withFinish> {
  const slot = slots.find(({ kind }) => kind === 'finish');
  if (!responses || !slot) return pieces;
  return pieces.map((piece, i) => {
    if (i !== slot.piece) return piece;
    const where = [...slot.path.slice(0, -1), 'incomplete_details'];
    const value = withAt(piece.value, where, { reason: 'max_output_tokens' });
    if (slot.path.length === 1) return edited(piece, value);
    return { event: 'response.incomplete', value: withAt(value, ['type'], 'response.incomplete') };
  });
}

/** Never inside a surrogate pair. */
function cutInHalf(text: string): string {
  return [...text].slice(0, Math.floor([...text].length / 2)).join('');
}
