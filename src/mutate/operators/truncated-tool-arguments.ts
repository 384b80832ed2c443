import { withPieces } from '../../providers/editing/editable-answer.ts';
import { finished } from '../../providers/editing/finish.ts';
import { withSlotText } from '../../providers/editing/shape.ts';
import { callKey, callsOf, editable, outputFault } from '../answer/edits.ts';
import type { Operator } from '../operator.ts';

/** Vendors that send arguments as an object give an empty one when they were cut. */
export const truncatedToolArguments: Operator = {
  id: 'truncated-tool-arguments',
  family: 'output',
  summary: "the token limit cuts the last tool call's arguments, and the finish reason says so",
  evidence:
    'Cut arguments, asked for again five times over: [lobehub/lobe-chat#13817](https://github.com/lobehub/lobe-chat/issues/13817); SDKs hand over broken JSON or `{}` (measured).',
  priority: 3,
  plan(target) {
    const found = editable(target);
    const last = callsOf(target).at(-1);
    if (!found || !last || last.call.argumentsText.length < 4) return [];
    const { argumentsText, name } = last.call;
    const half = argumentsText.slice(0, Math.floor(argumentsText.length / 2));
    const write = (text: string) =>
      withSlotText(found.body.pieces, found.slots, 'arguments', last.part, text);
    const cut = write(half) ?? write('{}');
    if (!cut) return [];
    const { body, shape, slots } = found;
    const answer = withPieces(body, finished(shape, cut, slots, shape.finish.length));
    return outputFault(answer, `arguments of ${name} cut to ${half}`, { poisoned: [callKey(last.call)] });
  },
};
