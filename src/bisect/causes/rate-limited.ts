import type { Cause } from '../cause.ts';
import { errorFindings } from '../error-findings.ts';

export const rateLimited: Cause = {
  id: 'rate_limited',
  family: 'provider',
  cap: 'ISOLATED',
  weight: 'fault',
  definition: 'The last attempt of a call was answered 429 in one run and well in the other.',
  evidence: 'Status, error type, retry-after, attempts.',
  confounders: 'Quotas and spend limits carry 429 too; those no wait mends.',
  verification: 'Give the good answer at this step to the bad run: it heals.',
  inAnswer: pair => errorFindings(pair, 'rate_limited'),
};
