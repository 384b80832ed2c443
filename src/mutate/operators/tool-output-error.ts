import { toolAnswer } from '../answer/tool-answer.ts';
import type { Operator } from '../operator.ts';

export const toolOutputError: Operator = {
  id: 'tool-output-error',
  family: 'tool-output',
  summary: 'the service behind a tool fails with 500',
  priority: 3,
  plan: target => toolAnswer(target, 'always', 500, '{"error":"Internal Server Error"}', 'HTTP 500'),
};
