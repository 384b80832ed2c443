import { brief, shownCall } from '../brief.ts';
import type { Cause } from '../cause.ts';
import { resultText } from '../result-changes.ts';

export const toolResultMissing: Cause = {
  id: 'tool_result_missing',
  family: 'context',
  cap: 'ISOLATED',
  weight: 'strong',
  definition: 'A tool call has a result in one run and none in the other.',
  evidence: 'The call, and the result of the other run.',
  confounders: 'Histories that were shortened.',
  verification: 'Give the missing result to the bad run.',
  same: 'every tool call has its result in both',
  inRequest: pair =>
    pair.history().flatMap(change => {
      if (change.kind !== 'no-result') return [];
      const text = resultText(change.result);
      return [
        {
          field: `messages[${change.at}]`,
          detail: `${shownCall(change.call)} has no result in ${change.in}; in the other run it returned ${brief(text, 80)}.`,
          good: change.in === 'bad' ? text : null,
          bad: change.in === 'good' ? text : null,
        },
      ];
    }),
};
