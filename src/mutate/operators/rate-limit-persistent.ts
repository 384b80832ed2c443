import { errorFault } from '../answer/error-fault.ts';
import type { Operator } from '../operator.ts';

export const rateLimitPersistent: Operator = {
  id: 'rate-limit-persistent',
  family: 'provider',
  summary: 'the provider limits every request from here on',
  evidence:
    'The fault that does most damage in ReliabilityBench ([arXiv 2601.06112](https://arxiv.org/abs/2601.06112)); a task that was throttled throughout was reported as complete: [RooCodeInc/Roo-Code#5050](https://github.com/RooCodeInc/Roo-Code/issues/5050).',
  priority: 3,
  plan: target => errorFault(target, 'rate_limit', 'from-here'),
};
