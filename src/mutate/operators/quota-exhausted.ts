import { errorFault } from '../answer/error-fault.ts';
import type { Operator } from '../operator.ts';

export const quotaExhausted: Operator = {
  id: 'quota-exhausted',
  family: 'provider',
  summary: 'the account has no money left from here on',
  priority: 2,
  plan: target => errorFault(target, 'quota', 'from-here'),
};
