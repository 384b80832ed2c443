import { withPieces } from '../../providers/editing/editable-answer.ts';
import { withSlotText } from '../../providers/editing/shape.ts';
import { isObject, type Json, type JsonObject } from '../../wire/json.ts';
import { callsOf, editable, outputFault, textsOf, withArguments } from '../answer/edits.ts';
import type { Operator } from '../operator.ts';

/** Valid and plausible, and wrong: only a check against the facts can find it. */
export const numberShifted: Operator = {
  id: 'number-shifted',
  family: 'output',
  summary: 'a number is ten times what it should be: in a tool call, or else in the text',
  evidence:
    'Numbers that models copy wrong. Valid and plausible, so that tests on form do not see it ([arXiv 2606.14589](https://arxiv.org/abs/2606.14589)).',
  priority: 2,
  plan(target) {
    const found = editable(target);
    if (!found) return [];
    for (const { part, call } of callsOf(target)) {
      const shifted = shiftedArguments(call.arguments);
      if (shifted)
        return outputFault(
          withArguments(found, part, JSON.stringify(shifted)),
          `${call.name}: ${JSON.stringify(shifted)}`,
        );
    }
    if (callsOf(target).length > 0) return [];
    for (const { part, text } of textsOf(found).toReversed()) {
      const next = text.replace(/\b[1-9]\d*\b/, number => `${number}0`);
      if (next === text) continue;
      const pieces = withSlotText(found.body.pieces, found.slots, 'text', part, next);
      return outputFault(pieces && withPieces(found.body, pieces), 'the first number of the text times ten');
    }
    return [];
  },
};

function shiftedArguments(args: unknown): JsonObject | null {
  if (!isObject(args)) return null;
  for (const [name, value] of Object.entries(args)) {
    if (typeof value === 'number' && value !== 0) return { ...args, [name]: (value * 10) as Json };
  }
  return null;
}
