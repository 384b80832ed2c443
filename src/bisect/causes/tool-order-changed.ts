import type { Cause } from '../cause.ts';

export const toolOrderChanged: Cause = {
  id: 'tool_order_changed',
  family: 'configuration',
  cap: 'SUGGESTED',
  weight: 'weak',
  definition: 'The same tools were given in another order.',
  evidence: 'Both orders.',
  confounders: 'Usually immaterial; sets and registries give another order every run.',
  verification: 'Live only.',
  inRequest: pair =>
    pair.tools().flatMap(change => {
      if (change.kind !== 'order') return [];
      const { good, bad } = change;
      return [
        {
          field: 'tools',
          detail: `The same tools came in another order: ${good} in good, ${bad} in bad.`,
          good,
          bad,
        },
      ];
    }),
};
