import { withPieces } from '../../providers/editing/editable-answer.ts';
import { slotText, withSlotText } from '../../providers/editing/shape.ts';
import type { Answer } from '../../wire/exchange.ts';
import { callsOf, type Editable, editable } from '../answer/edits.ts';
import type { Operator, Target } from '../operator.ts';

export const loop: Operator = {
  id: 'loop',
  family: 'output',
  summary: 'the model asks for the same tools again and again, and never comes to an end',
  evidence:
    'Step repetition is 15.7 % of the failures in MAST ([arXiv 2503.13657](https://arxiv.org/abs/2503.13657)); 220 equal calls in 25 minutes ([earendil-works/pi#9637](https://github.com/earendil-works/pi/issues/9637)); five equal retries for $2.46 ([lobehub/lobe-chat#13817](https://github.com/lobehub/lobe-chat/issues/13817)).',
  priority: 2,
  plan({ previous }) {
    const found = previous && editable(previous);
    if (!previous || !found || callsOf(previous).length === 0) return [];
    const again = (nth: number): Answer => withNewIds(previous, found, nth);
    const names = callsOf(previous).map(({ call }) => call.name);
    return [
      {
        answer: again(1),
        again,
        times: 'from-here',
        lost: false,
        detail: `${names.join(', ')} again, for ever`,
      },
    ];
  },
};

/** Models give every call an id of its own. */
function withNewIds(previous: Target, { body, slots }: Editable, nth: number): Answer {
  const pieces = callsOf(previous).reduce((edited, { part }) => {
    const id = slotText(body.pieces, slots, 'id', part);
    return id === undefined ? edited : (withSlotText(edited, slots, 'id', part, `${id}x${nth}`) ?? edited);
  }, body.pieces);
  return withPieces(body, pieces);
}
