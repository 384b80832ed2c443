import { isObject, type Json } from '../../wire/json.ts';
import { callKey, callsOf, callVariants, editable, outputFault, withArguments } from '../answer/edits.ts';
import { typeOfArgument } from '../answer/tool-schema.ts';
import type { Operator } from '../operator.ts';

export const wrongTypeToolArgument: Operator = {
  id: 'wrong-type-tool-argument',
  family: 'output',
  summary: 'an argument of a tool call has another type than its schema says',
  evidence:
    '`null`, lists and strings where an object or a number was asked for: [lsdefine/GenericAgent#746](https://github.com/lsdefine/GenericAgent/pull/746).',
  priority: 2,
  plan(target) {
    const found = editable(target);
    if (!found) return [];
    return callVariants(callsOf(target)).flatMap(({ part, call, definition, variant }) => {
      if (!isObject(call.arguments)) return [];
      const chosen = Object.keys(call.arguments).findLast(
        name => typeOfArgument(definition, name) !== undefined,
      );
      if (chosen === undefined) return [];
      const wrong: Json =
        typeOfArgument(definition, chosen) === 'string' ? { value: call.arguments[chosen] ?? '' } : 'many';
      const text = JSON.stringify({ ...call.arguments, [chosen]: wrong });
      return outputFault(
        withArguments(found, part, text),
        `${call.name}: ${chosen} = ${JSON.stringify(wrong)}`,
        {
          ...(variant === undefined ? {} : { variant }),
          poisoned: [callKey(call)],
        },
      );
    });
  },
};
