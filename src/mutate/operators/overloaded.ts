import { errorFault } from '../answer/error-fault.ts';
import type { Operator } from '../operator.ts';

export const overloaded: Operator = {
  id: 'overloaded',
  family: 'provider',
  summary: 'the provider is overloaded from here on',
  priority: 3,
  plan: target => errorFault(target, 'overloaded', 'from-here'),
};
