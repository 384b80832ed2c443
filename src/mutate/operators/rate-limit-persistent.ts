import { errorFault } from '../answer/error-fault.ts';
import type { Operator } from '../operator.ts';

export const rateLimitPersistent: Operator = {
  id: 'rate-limit-persistent',
  family: 'provider',
  summary: 'the provider limits every request from here on',
  priority: 3,
  plan: target => errorFault(target, 'rate_limit', 'from-here'),
};
