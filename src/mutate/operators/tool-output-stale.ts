import { toolFault } from '../answer/tool-output.ts';
import type { Operator } from '../operator.ts';

export const toolOutputStale: Operator = {
  id: 'tool-output-stale',
  family: 'tool-output',
  summary: 'the service behind a tool gives an earlier answer again',
  evidence:
    'Caches and lagging replicas. Implicit failures cost agents 37 points more of recovery than explicit ones (ToolMaze, [arXiv 2606.05806](https://arxiv.org/abs/2606.05806)).',
  priority: 2,
  plan: target =>
    toolFault(
      target,
      ({ others }) => {
        const earlier = others.findLast(({ exchange }) => exchange.seq < target.exchange.seq);
        return earlier ? { value: earlier.value } : null;
      },
      'the answer to an earlier request of this service',
    ),
};
