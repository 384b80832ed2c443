import { toolFault } from '../answer/tool-output.ts';
import type { Operator } from '../operator.ts';

export const toolOutputEmpty: Operator = {
  id: 'tool-output-empty',
  family: 'tool-output',
  summary: 'the service behind a tool finds nothing',
  evidence:
    'An empty result makes agents stop without a word ([continuedev/continue#6510](https://github.com/continuedev/continue/issues/6510)) or ask the same again for ever ([superplanehq/superplane#4123](https://github.com/superplanehq/superplane/issues/4123)).',
  priority: 3,
  plan: target =>
    toolFault(
      target,
      ({ value }) => ({ value: Array.isArray(value) ? [] : typeof value === 'string' ? '' : {} }),
      'an empty result',
    ),
};
