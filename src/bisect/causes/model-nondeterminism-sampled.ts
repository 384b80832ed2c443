import type { Cause } from '../cause.ts';
import { nondeterminismFindings } from '../nondeterminism.ts';

export const modelNondeterminismSampled: Cause = {
  id: 'model_nondeterminism_sampled',
  family: 'provider',
  cap: 'SUGGESTED',
  weight: 'noise',
  definition: 'The same request was answered otherwise; the temperature is above 0 or not set.',
  evidence: 'The sampling parameters, and that nothing else differs.',
  confounders: 'It hides every cause above it that leaves no trace: also a silent change at the provider.',
  verification: 'Live: the bad answer also comes back for the good request, K times asked.',
  inAnswer: pair => nondeterminismFindings(pair, false),
};
