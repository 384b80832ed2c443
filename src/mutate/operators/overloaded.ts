import { errorFault } from '../answer/error-fault.ts';
import type { Operator } from '../operator.ts';

export const overloaded: Operator = {
  id: 'overloaded',
  family: 'provider',
  summary: 'the provider is overloaded from here on',
  evidence:
    '529 `overloaded_error` of [Anthropic](https://docs.anthropic.com/en/api/errors), 503 of [OpenAI](https://platform.openai.com/docs/guides/error-codes), "The model is overloaded" of Gemini ([google-gemini/gemini-cli#5191](https://github.com/google-gemini/gemini-cli/issues/5191)).',
  priority: 3,
  plan: target => errorFault(target, 'overloaded', 'from-here'),
};
