import { brief } from '../brief.ts';
import type { Cause } from '../cause.ts';
import { wordsOf } from '../messages-list.ts';
import { textFindings } from '../text-findings.ts';

export const userInputChanged: Cause = {
  id: 'user_input_changed',
  family: 'context',
  cap: 'ISOLATED',
  weight: 'strong',
  definition: 'The user asked for something else.',
  evidence: 'Word diff of the message.',
  confounders: 'A template in code that only looks like input.',
  verification: 'None: the runs are not comparable. Record the same input twice.',
  same: 'the same user input',
  inRequest: pair => [
    ...textFindings(pair, 'input', 'The user input differs'),
    ...pair.history().flatMap(change => {
      if (change.kind !== 'brought' || change.message.role !== 'user' || pair.good.before !== null) return [];
      const text = wordsOf(change.message);
      return [
        {
          field: 'messages',
          detail: `A user message stands in ${change.in} only: ${brief(text)}.`,
          good: change.in === 'good' ? text : null,
          bad: change.in === 'bad' ? text : null,
        },
      ];
    }),
  ],
};
