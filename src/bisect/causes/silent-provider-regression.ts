import type { Cause } from '../cause.ts';

export const silentProviderRegression: Cause = {
  id: 'silent_provider_regression',
  family: 'provider',
  cap: 'INCONCLUSIVE',
  weight: 'noise',
  definition: 'Nothing that is sent or announced differs, and answers have changed since a date.',
  evidence:
    'Many runs before and after (`--good a b c --bad d e f`), or many answers now (`--live 20`): an exact test.',
  confounders: 'Ordinary nondeterminism: one pair of runs cannot tell them apart.',
  verification: 'Live: the same requests again, compared with the stored good answers.',
};
