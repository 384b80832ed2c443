import { callKey, callsOf, callVariants, editable, outputFault, withArguments } from '../answer/edits.ts';
import type { Operator } from '../operator.ts';

/** Not for vendors that send arguments as an object: theirs are always JSON. */
export const invalidToolArguments: Operator = {
  id: 'invalid-tool-arguments',
  family: 'output',
  summary: "a tool call's arguments are not JSON",
  evidence:
    'Open models above all. Agents crash ([openai/openai-agents-js#887](https://github.com/openai/openai-agents-js/pull/887)) or run the tool with `{}` ([NousResearch/hermes-agent#1796](https://github.com/NousResearch/hermes-agent/pull/1796)).',
  priority: 3,
  plan(target) {
    const found = editable(target);
    if (!found) return [];
    return callVariants(callsOf(target)).flatMap(({ part, call, variant }) => {
      const text = `${call.argumentsText.replace(/\}\s*$/, '')}, "note": "unfinished`;
      return outputFault(withArguments(found, part, text), `arguments of ${call.name}: ${text}`, {
        ...(variant === undefined ? {} : { variant }),
        poisoned: [callKey(call)],
      });
    });
  },
};
