import { cutAfter, halfway } from '../answer/cuts.ts';
import { editable } from '../answer/edits.ts';
import type { Operator } from '../operator.ts';

/** Proxies that end the body properly when their upstream dies: raw streams of every SDK measured end without an error. */
export const streamCleanCut: Operator = {
  id: 'stream-clean-cut',
  family: 'stream',
  summary: 'the stream ends in the middle of the text, without an error and without its last events',
  evidence:
    'Proxies end the body properly when their upstream dies; raw streams of every SDK measured end without an error: [NousResearch/hermes-agent#6847](https://github.com/NousResearch/hermes-agent/issues/6847), [earendil-works/pi#9897](https://github.com/earendil-works/pi/issues/9897), [griffinwork40/agent-afk#635](https://github.com/griffinwork40/agent-afk/issues/635).',
  priority: 3,
  plan(target) {
    const found = editable(target);
    const count = found && halfway(found.slots, 'text');
    if (!found || count === null || !found.body.streamed) return [];
    const answer = cutAfter(found.body, count, 'complete');
    return [{ answer, times: 'once', lost: false, detail: `${count} of ${found.body.pieces.length} events` }];
  },
};
