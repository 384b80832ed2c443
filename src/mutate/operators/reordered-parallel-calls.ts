import { withPieces } from '../../providers/editing/editable-answer.ts';
import { type Slot, slotText, withSlotText } from '../../providers/editing/shape.ts';
import { callsOf, editable, outputFault } from '../answer/edits.ts';
import type { Operator } from '../operator.ts';

export const reorderedParallelCalls: Operator = {
  id: 'reordered-parallel-calls',
  family: 'output',
  summary: 'the same parallel tool calls come in another order',
  evidence:
    'Models give no order to parallel calls; agents that join results by position mix them up ([langchain-ai/langgraph-supervisor-py#92](https://github.com/langchain-ai/langgraph-supervisor-py/pull/92)).',
  priority: 1,
  plan(target) {
    const found = editable(target);
    const calls = callsOf(target);
    const [first, last] = [calls[0], calls.at(-1)];
    if (!found || !first || !last || calls.length < 2) return [];
    const { pieces } = found.body;
    let swapped: typeof pieces | null = pieces;
    for (const kind of ['id', 'name', 'arguments'] satisfies Slot['kind'][]) {
      for (const [to, from] of [
        [first.part, last.part],
        [last.part, first.part],
      ] as const) {
        const text = slotText(pieces, found.slots, kind, from);
        if (text !== undefined && swapped) swapped = withSlotText(swapped, found.slots, kind, to, text);
      }
    }
    const detail = `${last.call.name} before ${first.call.name}`;
    return outputFault(swapped && withPieces(found.body, swapped), detail);
  },
};
