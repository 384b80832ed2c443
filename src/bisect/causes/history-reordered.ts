import type { Cause } from '../cause.ts';

export const historyReordered: Cause = {
  id: 'history_reordered',
  family: 'context',
  cap: 'ISOLATED',
  weight: 'strong',
  definition: 'The same messages stand in another order.',
  evidence: 'The messages that moved.',
  confounders: 'Results of tools that ran side by side: that is a race.',
  verification: 'Replay with the good order.',
  inRequest: pair =>
    pair.history().flatMap(change => {
      if (change.kind !== 'order' || change.of !== 'messages') return [];
      return [
        {
          field: 'messages',
          detail: 'The same messages stand in another order.',
          good: change.good,
          bad: change.bad,
        },
      ];
    }),
};
