import { withPieces } from '../../providers/editing/editable-answer.ts';
import { callsOf, callVariants, editable, outputFault } from '../answer/edits.ts';
import type { Operator } from '../operator.ts';

export const duplicatedCall: Operator = {
  id: 'duplicated-call',
  family: 'output',
  summary: 'the model makes the same tool call twice in one answer, under two ids',
  evidence:
    'One answer with the same call twice: [langchain-ai/langchain#38708](https://github.com/langchain-ai/langchain/issues/38708), [anthropics/claude-code#22658](https://github.com/anthropics/claude-code/issues/22658).',
  priority: 3,
  plan(target) {
    const found = editable(target);
    if (!found) return [];
    const { shape, body } = found;
    return callVariants(callsOf(target)).flatMap(({ part, call, variant }) => {
      const pieces = shape.callAgain(body.pieces, body.streamed, part);
      return outputFault(pieces && withPieces(body, pieces), `${call.name} twice`, {
        ...(variant === undefined ? {} : { variant }),
      });
    });
  },
};
