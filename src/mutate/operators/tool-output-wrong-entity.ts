import { otherEntity } from '../answer/other-entity.ts';
import { toolFault } from '../answer/tool-output.ts';
import type { Operator } from '../operator.ts';

export const toolOutputWrongEntity: Operator = {
  id: 'tool-output-wrong-entity',
  family: 'tool-output',
  summary: 'the service behind a tool answers about somebody else',
  evidence:
    'Implicit failures, plausible and wrong, cost agents 37 points more of recovery than explicit ones (ToolMaze, [arXiv 2606.05806](https://arxiv.org/abs/2606.05806)).',
  priority: 2,
  plan: target =>
    toolFault(
      target,
      ({ value, others: [other] }) => {
        const wrong = other ? other.value : otherEntity(value);
        return wrong === null ? null : { value: wrong };
      },
      'an answer to another question',
    ),
};
