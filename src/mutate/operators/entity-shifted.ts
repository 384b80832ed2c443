import { withPieces } from '../../providers/editing/editable-answer.ts';
import { withSlotText } from '../../providers/editing/shape.ts';
import { isObject, type Json } from '../../wire/json.ts';
import { callsOf, editable, outputFault, textsOf, withArguments } from '../answer/edits.ts';
import { otherEntity, otherEntityIn } from '../answer/other-entity.ts';
import type { Operator } from '../operator.ts';

/** Valid and plausible, and wrong: only a check against the facts can find it. */
export const entityShifted: Operator = {
  id: 'entity-shifted',
  family: 'output',
  summary: "another order's number, another customer's address: in a tool call, or else in the text",
  evidence:
    'Agents act on what they invent: "fail-plausible" runs, of which tests prevented none ([arXiv 2606.14589](https://arxiv.org/abs/2606.14589)).',
  priority: 2,
  plan(target) {
    const found = editable(target);
    if (!found) return [];
    for (const { part, call } of callsOf(target)) {
      const other = isObject(call.arguments) ? otherEntity(call.arguments as Json) : null;
      if (other) {
        const text = JSON.stringify(other);
        return outputFault(withArguments(found, part, text), `${call.name}: ${text}`);
      }
    }
    if (callsOf(target).length > 0) return [];
    for (const { part, text } of textsOf(found).toReversed()) {
      const other = otherEntityIn(text);
      if (other === null) continue;
      const pieces = withSlotText(found.body.pieces, found.slots, 'text', part, other);
      return outputFault(
        pieces && withPieces(found.body, pieces),
        'the first name with a number in the text',
      );
    }
    return [];
  },
};
