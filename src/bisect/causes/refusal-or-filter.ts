import { brief } from '../brief.ts';
import type { Cause } from '../cause.ts';
import { oneSided, withheldOf } from '../one-sided.ts';

export const refusalOrFilter: Cause = {
  id: 'refusal_or_filter',
  family: 'provider',
  cap: 'ISOLATED',
  weight: 'fault',
  definition: 'An answer was refused or withheld for its content in one run only.',
  evidence: 'The refusal text or the filter category.',
  confounders: 'The same text may be filtered by chance.',
  verification: 'Give the good answer at this step to the bad run: it heals.',
  same: 'nothing was refused or filtered in one run only',
  inAnswer: pair =>
    oneSided(pair, withheldOf).map(({ side, what, other }) => ({
      field: 'response.finish_reason',
      detail: `The answer was refused or filtered in ${side} only: ${brief(what)}.`,
      good: side === 'good' ? what : other,
      bad: side === 'bad' ? what : other,
    })),
};
