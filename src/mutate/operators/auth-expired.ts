import { errorFault } from '../answer/error-fault.ts';
import type { Operator } from '../operator.ts';

export const authExpired: Operator = {
  id: 'auth-expired',
  family: 'provider',
  summary: 'the key is no longer accepted from here on',
  evidence:
    'Keys are revoked and tokens expire in the middle of a run: 401 ([Anthropic](https://docs.anthropic.com/en/api/errors)).',
  priority: 2,
  plan: target => errorFault(target, 'auth', 'from-here'),
};
