import { errorOf } from '../answer/error-fault.ts';
import type { Operator } from '../operator.ts';

export const rateLimitLong: Operator = {
  id: 'rate-limit-long',
  family: 'provider',
  summary: 'the provider limits requests and asks for an hour of patience',
  evidence:
    "Limits by the day ask for hours of patience; releases of both vendors' Node SDKs were measured to wait as long as they are told ([OpenAI](https://platform.openai.com/docs/guides/error-codes), header `retry-after`).",
  priority: 1,
  plan(target) {
    const answer = errorOf(target, 'rate_limit', 3600);
    return answer ? [{ answer, times: 'from-here', lost: true, detail: 'HTTP 429, retry-after: 3600' }] : [];
  },
};
