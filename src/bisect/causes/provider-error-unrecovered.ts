import type { Cause } from '../cause.ts';
import { errorFindings } from '../error-findings.ts';

export const providerErrorUnrecovered: Cause = {
  id: 'provider_error_unrecovered',
  family: 'provider',
  cap: 'ISOLATED',
  weight: 'fault',
  definition: 'The last attempt of a call failed in one run and went well in the other.',
  evidence: 'Status, error type and message, attempts.',
  confounders:
    'An error that the request itself provoked (400, 404, 422): then what changed in the request comes first.',
  verification: 'Give the good answer at this step to the bad run: it heals.',
  same: 'no call failed in one run only',
  inAnswer: pair => errorFindings(pair, 'provider_error_unrecovered'),
};
