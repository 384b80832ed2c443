import { withPieces } from '../../providers/editing/editable-answer.ts';
import { halfway } from '../answer/cuts.ts';
import { editable } from '../answer/edits.ts';
import type { Operator } from '../operator.ts';

export const streamDuplicatedEvent: Operator = {
  id: 'stream-duplicated-event',
  family: 'stream',
  summary: 'one event of the stream comes twice',
  evidence:
    'Streams that are resumed or relayed give events twice; tools then ran twice: [agno-agi/agno#2336](https://github.com/agno-agi/agno/issues/2336).',
  priority: 1,
  plan(target) {
    const found = editable(target);
    const at = found && halfway(found.slots, 'text');
    if (!found || at === null || !found.body.streamed) return [];
    const { pieces } = found.body;
    const answer = withPieces(found.body, [...pieces.slice(0, at + 1), pieces[at]!, ...pieces.slice(at + 1)]);
    return [{ answer, times: 'once', lost: false, detail: `event ${at} twice` }];
  },
};
