import type { Cause } from '../cause.ts';
import { errorFindings } from '../error-findings.ts';

export const timeoutOrDisconnect: Cause = {
  id: 'timeout_or_disconnect',
  family: 'provider',
  cap: 'ISOLATED',
  weight: 'fault',
  definition: 'In one run the connection ended before an answer began, or the client gave up waiting.',
  evidence: 'How the answer ended, and after how long.',
  confounders: 'A user who cancelled.',
  verification: 'Give the good answer at this step to the bad run: it heals.',
  inAnswer: pair => errorFindings(pair, 'timeout_or_disconnect'),
};
