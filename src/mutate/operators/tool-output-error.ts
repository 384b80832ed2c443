import { toolFault } from '../answer/tool-output.ts';
import type { Operator } from '../operator.ts';

export const toolOutputError: Operator = {
  id: 'tool-output-error',
  family: 'tool-output',
  summary: 'the service behind a tool fails with 500',
  evidence:
    'An empty or failed result ends whole runs ([continuedev/continue#6510](https://github.com/continuedev/continue/issues/6510)); explicit failures are what agents recover from best, and even those not always (ToolMaze, [arXiv 2606.05806](https://arxiv.org/abs/2606.05806)).',
  priority: 3,
  plan: target =>
    toolFault(
      target,
      () => ({ failure: { status: 500, reason: 'Internal Server Error', message: 'Internal Server Error' } }),
      'HTTP 500, or an MCP result with isError',
      { failure: true },
    ),
};
