import { errorFault } from '../answer/error-fault.ts';
import type { Operator } from '../operator.ts';

export const contextOverflow: Operator = {
  id: 'context-overflow',
  family: 'provider',
  summary: 'the conversation no longer fits the model: this request fails, however often',
  priority: 3,
  plan: target => errorFault(target, 'context_overflow', 'always'),
};
