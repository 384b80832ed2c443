import type { Cause } from '../cause.ts';
import { messagesText } from '../messages-list.ts';
import { settingFindings } from '../setting-findings.ts';

export const historyTruncatedOrCompacted: Cause = {
  id: 'history_truncated_or_compacted',
  family: 'context',
  cap: 'ISOLATED',
  weight: 'strong',
  definition: 'One run dropped the beginning of its history, or replaced messages by a summary.',
  evidence: 'The messages that were lost, and what stands in their place.',
  confounders: 'Agents that start a conversation anew.',
  verification: 'Replay with the whole history put in.',
  same: 'no history was shortened in one run only',
  inRequest: pair => [
    ...pair.history().flatMap(change => {
      if (change.kind !== 'shortened') return [];
      const [lost, gained] = [messagesText(change.lost), messagesText(change.gained)];
      return [
        {
          field: 'messages',
          detail: `${change.lost.length} earlier message${change.lost.length === 1 ? ' is' : 's are'} gone in ${change.in}${change.gained.length > 0 ? `, ${change.gained.length} stand in their place` : ''}.`,
          good: change.in === 'bad' ? lost : gained,
          bad: change.in === 'bad' ? gained : lost,
        },
      ];
    }),
    ...settingFindings(pair, 'compaction'),
  ],
};
