import { errorFault } from '../answer/error-fault.ts';
import type { Operator } from '../operator.ts';

export const rateLimitOnce: Operator = {
  id: 'rate-limit-once',
  family: 'provider',
  summary: 'the provider limits one request, the next one passes',
  priority: 2,
  plan: target => errorFault(target, 'rate_limit', 'once'),
};
