import { toolFault } from '../answer/tool-output.ts';
import type { Operator } from '../operator.ts';

export const toolOutputErrorIn200: Operator = {
  id: 'tool-output-error-in-200',
  family: 'tool-output',
  summary: 'the service behind a tool says "error" with status 200',
  evidence:
    'APIs and MCP servers that put their errors into good answers: nothing but the words tells. Missing verification dominates the failures of agents with failing tools ([arXiv 2604.01508](https://arxiv.org/abs/2604.01508)).',
  priority: 3,
  plan: target =>
    toolFault(
      target,
      () => ({ value: { error: 'upstream database unavailable' } }),
      'status 200 with an error',
      { failure: true },
    ),
};
