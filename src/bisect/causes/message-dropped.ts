import { brief } from '../brief.ts';
import type { Cause } from '../cause.ts';
import { messagesText } from '../messages-list.ts';

export const messageDropped: Cause = {
  id: 'message_dropped',
  family: 'context',
  cap: 'ISOLATED',
  weight: 'strong',
  definition: 'A message from the middle of the history is gone in one run.',
  evidence: 'The message.',
  confounders: 'A history that was shortened.',
  verification: 'Replay with the message put in.',
  inRequest: pair =>
    pair.history().flatMap(change => {
      if (change.kind !== 'dropped') return [];
      const text = messagesText(change.lost);
      return [
        {
          field: 'messages',
          detail: `${change.lost.length} message${change.lost.length === 1 ? ' is' : 's are'} missing from the history in ${change.in}: ${brief(text)}`,
          good: change.in === 'bad' ? text : null,
          bad: change.in === 'good' ? text : null,
        },
      ];
    }),
};
