import { truncation } from '../answer/truncation.ts';
import type { Operator } from '../operator.ts';

export const truncatedResponse: Operator = {
  id: 'truncated-response',
  family: 'output',
  summary: 'the text ends in the middle, and the finish reason says so',
  evidence:
    '`length`, `max_tokens`, `MAX_TOKENS`: [Anthropic](https://docs.anthropic.com/en/docs/build-with-claude/handling-stop-reasons). Few agents look.',
  priority: 3,
  plan: target => truncation(target, true),
};
