import { errorFault } from '../answer/error-fault.ts';
import type { Operator } from '../operator.ts';

export const contentFilter: Operator = {
  id: 'content-filter',
  family: 'provider',
  summary: 'the provider withholds an answer to this prompt',
  priority: 2,
  plan: target => errorFault(target, 'content_filter', 'always'),
};
