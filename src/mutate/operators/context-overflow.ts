import { errorFault } from '../answer/error-fault.ts';
import type { Operator } from '../operator.ts';

export const contextOverflow: Operator = {
  id: 'context-overflow',
  family: 'provider',
  summary: 'the conversation no longer fits the model: this request fails, however often',
  evidence:
    'Long runs outgrow the window, often by one tool result: [charmbracelet/crush#3480](https://github.com/charmbracelet/crush/issues/3480).',
  priority: 3,
  plan: target => errorFault(target, 'context_overflow', 'always'),
};
