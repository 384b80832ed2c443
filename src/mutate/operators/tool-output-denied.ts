import { toolFault } from '../answer/tool-output.ts';
import type { Operator } from '../operator.ts';

export const toolOutputDenied: Operator = {
  id: 'tool-output-denied',
  family: 'tool-output',
  summary: 'the service behind a tool says that this may not be done',
  evidence:
    'Tokens that expire mid-session leave a tool without rights while the agent goes on ([kirodotdev/Kiro#8111](https://github.com/kirodotdev/Kiro/issues/8111)).',
  priority: 2,
  plan: target =>
    toolFault(
      target,
      () => ({ failure: { status: 403, reason: 'Forbidden', message: 'Permission denied' } }),
      'HTTP 403, or an MCP result with isError',
      { failure: true },
    ),
};
