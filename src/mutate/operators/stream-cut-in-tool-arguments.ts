import { cutAfter, halfway } from '../answer/cuts.ts';
import { callKey, callsOf, callVariants, editable } from '../answer/edits.ts';
import type { Operator } from '../operator.ts';

export const streamCutInToolArguments: Operator = {
  id: 'stream-cut-in-tool-arguments',
  family: 'stream',
  summary: "the stream ends, without an error, inside a tool call's arguments",
  evidence:
    'What has come of the arguments is run as if it were all: [esengine/DeepSeek-Reasonix#3957](https://github.com/esengine/DeepSeek-Reasonix/issues/3957), [NousResearch/hermes-agent#6847](https://github.com/NousResearch/hermes-agent/issues/6847).',
  priority: 3,
  plan(target) {
    const found = editable(target);
    if (!found?.body.streamed) return [];
    return callVariants(callsOf(target)).flatMap(({ part, call, variant }) => {
      const count = halfway(found.slots, 'arguments', part);
      if (count === null) return [];
      return [
        {
          ...(variant === undefined ? {} : { variant }),
          answer: cutAfter(found.body, count, 'complete'),
          times: 'once',
          lost: false,
          poisoned: [callKey(call)],
          detail: `cut inside the arguments of ${call.name}`,
        },
      ];
    });
  },
};
