import { cutAfter } from '../answer/cuts.ts';
import { callKey, callsOf, editable } from '../answer/edits.ts';
import type { Operator } from '../operator.ts';

export const streamReset: Operator = {
  id: 'stream-reset',
  family: 'stream',
  summary: 'the connection is reset in the middle of the stream',
  evidence:
    'Networks that change while an answer comes: [anomalyco/opencode#8002](https://github.com/anomalyco/opencode/issues/8002).',
  priority: 2,
  plan(target) {
    const found = editable(target);
    if (!found?.body.streamed || found.body.pieces.length < 2) return [];
    const count = Math.floor(found.body.pieces.length / 2);
    const answer = cutAfter(found.body, count, 'reset');
    const poisoned = callsOf(target).map(({ call }) => callKey(call));
    return [{ answer, times: 'once', lost: false, poisoned, detail: `TCP reset after ${count} events` }];
  },
};
