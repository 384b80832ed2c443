import type { Cause } from '../cause.ts';
import { nondeterminismFindings } from '../nondeterminism.ts';

export const modelNondeterminismGreedy: Cause = {
  id: 'model_nondeterminism_greedy',
  family: 'provider',
  cap: 'SUGGESTED',
  weight: 'noise',
  definition: 'The same request was answered otherwise although the temperature is 0.',
  evidence: 'The sampling parameters, and that nothing else differs.',
  confounders: 'It hides every cause above it that leaves no trace: also a silent change at the provider.',
  verification: 'Live: the bad answer also comes back for the good request, K times asked.',
  inAnswer: pair => nondeterminismFindings(pair, true),
};
