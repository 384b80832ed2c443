import { toolAnswer } from '../answer/tool-answer.ts';
import type { Operator } from '../operator.ts';

export const toolOutputEmpty: Operator = {
  id: 'tool-output-empty',
  family: 'tool-output',
  summary: 'the service behind a tool finds nothing',
  priority: 3,
  plan: target =>
    toolAnswer(target, 'always', 200, target.body?.framing === 'json-array' ? '[]' : '{}', 'an empty result'),
};
