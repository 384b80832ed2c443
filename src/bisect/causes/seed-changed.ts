import type { Cause } from '../cause.ts';
import { settingFindings } from '../setting-findings.ts';

export const seedChanged: Cause = {
  id: 'seed_changed',
  family: 'configuration',
  cap: 'SUGGESTED',
  weight: 'weak',
  definition: 'The seed differs.',
  evidence: 'The field and both values.',
  confounders: 'Seeds are best effort; never the only cause unless live sampling shows it.',
  verification: 'Live: the same request with either value.',
  same: 'the same seed',
  inRequest: pair => settingFindings(pair, 'seed'),
};
