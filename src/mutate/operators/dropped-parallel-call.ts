import { withPieces } from '../../providers/editing/editable-answer.ts';
import { withoutPart } from '../../providers/editing/shape.ts';
import { callsOf, editable, outputFault } from '../answer/edits.ts';
import type { Operator } from '../operator.ts';

export const droppedParallelCall: Operator = {
  id: 'dropped-parallel-call',
  family: 'output',
  summary: 'of several parallel tool calls the last one is missing',
  evidence:
    'A model that forgets one of several calls; agents that count on their number end with an index error ([Libertai/libertai-agents#48](https://github.com/Libertai/libertai-agents/issues/48)).',
  priority: 2,
  plan(target) {
    const found = editable(target);
    const calls = callsOf(target);
    const last = calls.at(-1);
    if (!found || !last || calls.length < 2) return [];
    const pieces = withoutPart(found.body.pieces, found.slots, last.part);
    return outputFault(withPieces(found.body, pieces), `without ${last.call.name}`);
  },
};
