import { withPieces } from '../../providers/editing/editable-answer.ts';
import { editable, outputFault } from '../answer/edits.ts';
import type { Operator } from '../operator.ts';

export const emptyResponse: Operator = {
  id: 'empty-response',
  family: 'output',
  summary: 'the model says nothing and ends as if all were well',
  evidence:
    'The run ends well and says nothing: [google/adk-python#5636](https://github.com/google/adk-python/pull/5636), [nugget/thane-ai-agent#167](https://github.com/nugget/thane-ai-agent/issues/167).',
  priority: 3,
  plan(target) {
    const found = editable(target);
    if (!found) return [];
    const { shape, body } = found;
    const pieces = shape.asText(body.pieces, body.streamed, '', shape.finish.stop);
    return outputFault(withPieces(body, pieces), 'no text, no tool calls, an ordinary finish reason', {});
  },
};
