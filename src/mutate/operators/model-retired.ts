import { errorFault } from '../answer/error-fault.ts';
import type { Operator } from '../operator.ts';

export const modelRetired: Operator = {
  id: 'model-retired',
  family: 'provider',
  summary: 'the model is gone from here on',
  evidence:
    'Snapshots are shut down by the calendar: [OpenAI](https://platform.openai.com/docs/deprecations), [Anthropic](https://docs.anthropic.com/en/docs/about-claude/model-deprecations).',
  priority: 1,
  plan: target => errorFault(target, 'model_not_found', 'from-here'),
};
