import { withPieces } from '../../providers/editing/editable-answer.ts';
import { finished } from '../../providers/editing/finish.ts';
import { withSlotText } from '../../providers/editing/shape.ts';
import type { Fault, Target } from '../operator.ts';
import { editable, outputFault, textsOf } from './edits.ts';

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
  const { shape, slots } = found;
  const pieces = flagged ? finished(shape, cut, slots, shape.finish.length) : cut;
  const word = flagged ? `, finish reason ${shape.finish.length}` : ', finish reason as recorded';
  return outputFault(
    withPieces(found.body, pieces),
    `the text cut after ${half.length} of ${last.text.length} characters${word}`,
  );
}

/** Never inside a surrogate pair. */
function cutInHalf(text: string): string {
  return [...text].slice(0, Math.floor([...text].length / 2)).join('');
}
