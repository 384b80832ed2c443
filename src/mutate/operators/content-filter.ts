import { errorFault } from '../answer/error-fault.ts';
import type { Operator } from '../operator.ts';

export const contentFilter: Operator = {
  id: 'content-filter',
  family: 'provider',
  summary: 'the provider withholds an answer to this prompt',
  evidence:
    'Azure answers 400 `content_filter` to prompts that pass on the next day: [Azure OpenAI](https://learn.microsoft.com/en-us/azure/ai-services/openai/concepts/content-filter).',
  priority: 2,
  plan: target => errorFault(target, 'content_filter', 'always'),
};
