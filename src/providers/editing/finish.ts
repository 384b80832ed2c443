import type { Piece } from './editable-answer.ts';
import { edited, type Shape, type Slot, withAt, withSlotText } from './shape.ts';
import { openaiResponses } from './shapes/openai-responses.ts';

/** The answer with another finish reason, in the vendor's words. */
export function finished(
  shape: Shape,
  pieces: readonly Piece[],
  slots: readonly Slot[],
  reason: string,
): readonly Piece[] {
  const slot = slots.find(({ kind }) => kind === 'finish');
  if (!slot) return pieces;
  if (shape !== openaiResponses) return withSlotText(pieces, slots, 'finish', '', reason) ?? pieces;
  // Responses say why they are incomplete in a member of its own, and a stream in its last event's name.
  const status = reason === 'completed' ? 'completed' : 'incomplete';
  const why =
    status === 'completed' ? null : { reason: reason === 'incomplete' ? 'max_output_tokens' : reason };
  return pieces.map((piece, i) => {
    if (i !== slot.piece) return piece;
    const value = withAt(
      withAt(piece.value, slot.path, status),
      [...slot.path.slice(0, -1), 'incomplete_details'],
      why,
    );
    if (slot.path.length === 1) return edited(piece, value);
    return { event: `response.${status}`, value: withAt(value, ['type'], `response.${status}`) };
  });
}
