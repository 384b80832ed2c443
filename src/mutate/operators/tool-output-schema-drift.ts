import { toolFault } from '../answer/tool-output.ts';
import type { Operator } from '../operator.ts';

export const toolOutputSchemaDrift: Operator = {
  id: 'tool-output-schema-drift',
  family: 'tool-output',
  summary: 'the service behind a tool gives the same in another form: wrapped in an envelope',
  evidence:
    'Schema drift is one of the faults of ReliabilityBench ([arXiv 2601.06112](https://arxiv.org/abs/2601.06112)); MCP servers change their results without a version.',
  priority: 3,
  plan: target =>
    toolFault(
      target,
      ({ value }) => ({ value: { data: value, version: 2 } }),
      'as { "data": …, "version": 2 }',
    ),
};
