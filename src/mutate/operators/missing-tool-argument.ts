import { isObject } from '../../wire/json.ts';
import { callKey, callsOf, callVariants, editable, outputFault, withArguments } from '../answer/edits.ts';
import { requiredOf } from '../answer/tool-schema.ts';
import type { Operator } from '../operator.ts';

export const missingToolArgument: Operator = {
  id: 'missing-tool-argument',
  family: 'output',
  summary: 'a tool call lacks an argument that its schema demands',
  evidence:
    'Calls that are JSON and no call: [brightwave-inc/tidebreak#1084](https://github.com/brightwave-inc/tidebreak/issues/1084), [futuregene/future-os#334](https://github.com/futuregene/future-os/pull/334).',
  priority: 3,
  plan(target) {
    const found = editable(target);
    if (!found) return [];
    return callVariants(callsOf(target)).flatMap(({ part, call, definition, variant }) => {
      const name = requiredOf(definition).findLast(one => isObject(call.arguments) && one in call.arguments);
      if (name === undefined || !isObject(call.arguments)) return [];
      const { [name]: _, ...rest } = call.arguments;
      return outputFault(withArguments(found, part, JSON.stringify(rest)), `${call.name} without ${name}`, {
        ...(variant === undefined ? {} : { variant }),
        poisoned: [callKey(call)],
      });
    });
  },
};
