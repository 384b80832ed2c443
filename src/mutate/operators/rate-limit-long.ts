import { errorOf } from '../answer/error-fault.ts';
import type { Operator } from '../operator.ts';

export const rateLimitLong: Operator = {
  id: 'rate-limit-long',
  family: 'provider',
  summary: 'the provider limits requests and asks for an hour of patience',
  priority: 1,
  plan(target) {
    const answer = errorOf(target, 'rate_limit', 3600);
    return answer ? [{ answer, times: 'from-here', lost: true, detail: 'HTTP 429, retry-after: 3600' }] : [];
  },
};
