import { toolAnswer } from '../answer/tool-answer.ts';
import type { Operator } from '../operator.ts';

export const toolOutputErrorIn200: Operator = {
  id: 'tool-output-error-in-200',
  family: 'tool-output',
  summary: 'the service behind a tool says "error" with status 200',
  priority: 3,
  plan: target =>
    toolAnswer(target, 'always', 200, '{"error":"upstream database unavailable"}', '200 with an error'),
};
