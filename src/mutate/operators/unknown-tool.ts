import { withPieces } from '../../providers/editing/editable-answer.ts';
import { withSlotText } from '../../providers/editing/shape.ts';
import { callKey, callsOf, callVariants, editable, outputFault } from '../answer/edits.ts';
import type { Operator } from '../operator.ts';

export const unknownTool: Operator = {
  id: 'unknown-tool',
  family: 'output',
  summary: 'the model calls a tool that does not exist',
  evidence:
    'Tools that nobody gave to the model: [OpenHands/OpenHands#5111](https://github.com/OpenHands/OpenHands/issues/5111), [simonw/llm#1104](https://github.com/simonw/llm/issues/1104), [odysseus-dev/odysseus#5202](https://github.com/odysseus-dev/odysseus/issues/5202).',
  priority: 2,
  plan(target) {
    const found = editable(target);
    if (!found) return [];
    return callVariants(callsOf(target)).flatMap(({ part, call, variant }) => {
      const name = `${call.name}_v2`;
      const pieces = withSlotText(found.body.pieces, found.slots, 'name', part, name);
      return outputFault(pieces && withPieces(found.body, pieces), `${call.name} → ${name}`, {
        ...(variant === undefined ? {} : { variant }),
        poisoned: [callKey(call)],
      });
    });
  },
};
