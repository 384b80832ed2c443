import { errorFault } from '../answer/error-fault.ts';
import type { Operator } from '../operator.ts';

export const serverError: Operator = {
  id: 'server-error',
  family: 'provider',
  summary: 'the provider fails inside, once',
  priority: 2,
  plan: target => errorFault(target, 'server_error', 'once'),
};
