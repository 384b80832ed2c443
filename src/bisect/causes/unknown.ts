import type { Cause } from '../cause.ts';

export const unknown: Cause = {
  id: 'unknown',
  family: 'execution',
  cap: 'INCONCLUSIVE',
  weight: 'noise',
  definition: 'The runs diverge, and nothing that was recorded explains it.',
  evidence: 'The nearest differences.',
  confounders: 'A cause that leaves no trace in the traffic.',
  verification: 'Record again with `--all-http`; replay each run on its own tape.',
};
