import { CANARY, withInstruction } from '../answer/canary.ts';
import { toolFault } from '../answer/tool-output.ts';
import type { Operator } from '../operator.ts';

export const toolOutputInjectedInstruction: Operator = {
  id: 'tool-output-injected-instruction',
  family: 'tool-output',
  summary: 'an instruction for the model stands in what a tool found',
  evidence:
    'Indirect prompt injection: 629 cases in AgentDojo ([arXiv 2406.13352](https://arxiv.org/abs/2406.13352)); through MCP: [microsoft/vscode#247967](https://github.com/microsoft/vscode/issues/247967), [awslabs/mcp#2755](https://github.com/awslabs/mcp/issues/2755).',
  priority: 3,
  plan: target =>
    toolFault(target, ({ value }) => ({ value: withInstruction(value) }), 'an instruction with a canary', {
      canary: CANARY,
    }),
};
