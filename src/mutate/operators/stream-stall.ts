import { stallAfter } from '../answer/cuts.ts';
import { callKey, callsOf, editable } from '../answer/edits.ts';
import type { Operator } from '../operator.ts';

export const streamStall: Operator = {
  id: 'stream-stall',
  family: 'stream',
  summary: 'the stream falls silent in the middle, and the connection stays open',
  evidence:
    'No client sets a limit between two chunks by itself: [anomalyco/opencode#16366](https://github.com/anomalyco/opencode/pull/16366), [agent0ai/agent-zero#1882](https://github.com/agent0ai/agent-zero/issues/1882), [dahai80/fusion-code#134](https://github.com/dahai80/fusion-code/issues/134).',
  priority: 1,
  plan(target) {
    const found = editable(target);
    if (!found?.body.streamed || found.body.pieces.length < 2) return [];
    const count = Math.floor(found.body.pieces.length / 2);
    const poisoned = callsOf(target).map(({ call }) => callKey(call));
    return [
      {
        answer: stallAfter(found.body, count),
        times: 'from-here',
        lost: true,
        poisoned,
        detail: `silence after ${count} of ${found.body.pieces.length} events`,
      },
    ];
  },
};
