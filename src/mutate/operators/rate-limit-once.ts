import { errorFault } from '../answer/error-fault.ts';
import type { Operator } from '../operator.ts';

export const rateLimitOnce: Operator = {
  id: 'rate-limit-once',
  family: 'provider',
  summary: 'the provider limits one request, the next one passes',
  evidence:
    'Rate limits are most of the errors of LLM calls: 60 % in February 2026 (Datadog, State of AI Engineering). SDKs of OpenAI and Anthropic ask again by themselves, that of Gemini does not: [OpenAI](https://platform.openai.com/docs/guides/error-codes), [Anthropic](https://docs.anthropic.com/en/api/errors).',
  priority: 2,
  plan: target => errorFault(target, 'rate_limit', 'once'),
};
