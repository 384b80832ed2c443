import type { Cause } from '../cause.ts';
import { errorFindings } from '../error-findings.ts';

export const overloaded: Cause = {
  id: 'overloaded',
  family: 'provider',
  cap: 'ISOLATED',
  weight: 'fault',
  definition:
    'The last attempt of a call met an overloaded provider (529, 503, or its word for it) in one run only.',
  evidence: 'Status, error type, attempts.',
  confounders: 'A gateway in between may answer for the provider.',
  verification: 'Give the good answer at this step to the bad run: it heals.',
  inAnswer: pair => errorFindings(pair, 'overloaded'),
};
