import type { Cause } from '../cause.ts';

export const parallelReorderRace: Cause = {
  id: 'parallel_reorder_race',
  family: 'execution',
  cap: 'ISOLATED',
  weight: 'strong',
  definition: 'Results of tools that ran side by side came back in another order.',
  evidence: 'Both orders; the times of the tools where they are known.',
  confounders: 'An agent that sorts its results on purpose.',
  verification: 'Hold the answers at the proxy until they come in the good order.',
  inRequest: pair =>
    pair.history().flatMap(change => {
      if (change.kind !== 'order' || change.of !== 'results') return [];
      return [
        {
          field: 'messages',
          detail: 'The same tool results stand in another order.',
          good: change.good,
          bad: change.bad,
        },
      ];
    }),
};
