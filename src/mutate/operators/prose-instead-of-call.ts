import { withPieces } from '../../providers/editing/editable-answer.ts';
import { callsOf, editable, outputFault } from '../answer/edits.ts';
import type { Operator } from '../operator.ts';

/** "False success": the model says that it did what it never called for. */
export const proseInsteadOfCall: Operator = {
  id: 'prose-instead-of-call',
  family: 'output',
  summary: 'the model claims to have done it, without calling the tool',
  evidence:
    '"False success": 45 to 48 % of the failures in single-control domains of tau2 claim success ([arXiv 2606.09863](https://arxiv.org/abs/2606.09863)).',
  priority: 3,
  plan(target) {
    const found = editable(target);
    const [first] = callsOf(target);
    if (!found || !first) return [];
    const { shape, body } = found;
    const pieces = shape.asText(
      body.pieces,
      body.streamed,
      'Done. Everything is taken care of.',
      shape.finish.stop,
    );
    return outputFault(withPieces(body, pieces), `a claim of success in place of ${first.call.name}`);
  },
};
