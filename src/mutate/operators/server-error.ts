import { errorFault } from '../answer/error-fault.ts';
import type { Operator } from '../operator.ts';

export const serverError: Operator = {
  id: 'server-error',
  family: 'provider',
  summary: 'the provider fails inside, once',
  evidence:
    '500 once in a while is ordinary ([Anthropic](https://docs.anthropic.com/en/api/errors), [OpenAI](https://platform.openai.com/docs/guides/error-codes)). An outer retry around the whole run then acts twice: [agno-agi/agno#10366](https://github.com/agno-agi/agno/issues/10366).',
  priority: 2,
  plan: target => errorFault(target, 'server_error', 'once'),
};
