import { errorFault } from '../answer/error-fault.ts';
import type { Operator } from '../operator.ts';

export const authExpired: Operator = {
  id: 'auth-expired',
  family: 'provider',
  summary: 'the key is no longer accepted from here on',
  priority: 2,
  plan: target => errorFault(target, 'auth', 'from-here'),
};
