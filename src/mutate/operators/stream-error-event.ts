import { errorInStream } from '../../providers/error-bodies.ts';
import { cutAfter } from '../answer/cuts.ts';
import { callKey, callsOf, editable } from '../answer/edits.ts';
import type { Operator } from '../operator.ts';

export const streamErrorEvent: Operator = {
  id: 'stream-error-event',
  family: 'stream',
  summary: 'the provider reports overload inside a stream that began well',
  evidence:
    "Overload inside a good stream is an event, not a status ([Anthropic](https://docs.anthropic.com/en/api/errors)); Vercel's SDK gives the text so far and tells only `onError` (measured).",
  priority: 3,
  plan(target) {
    const found = editable(target);
    if (!found?.body.streamed || found.body.framing === 'json-array' || found.body.pieces.length < 2)
      return [];
    const { dialect, provider } = target.call!;
    const count = Math.floor(found.body.pieces.length / 2);
    const answer = cutAfter(found.body, count, 'complete', [
      errorInStream(dialect, 'overloaded', { provider }),
    ]);
    const poisoned = callsOf(target).map(({ call }) => callKey(call));
    return [{ answer, times: 'once', lost: false, poisoned, detail: `an error event after ${count} events` }];
  },
};
