import { errorFault } from '../answer/error-fault.ts';
import type { Operator } from '../operator.ts';

export const quotaExhausted: Operator = {
  id: 'quota-exhausted',
  family: 'provider',
  summary: 'the account has no money left from here on',
  evidence:
    '429 with `insufficient_quota` looks like a rate limit, and no wait mends it ([OpenAI](https://platform.openai.com/docs/guides/error-codes)).',
  priority: 2,
  plan: target => errorFault(target, 'quota', 'from-here'),
};
