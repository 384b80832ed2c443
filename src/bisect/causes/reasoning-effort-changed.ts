import type { Cause } from '../cause.ts';
import { settingFindings } from '../setting-findings.ts';

export const reasoningEffortChanged: Cause = {
  id: 'reasoning_effort_changed',
  family: 'configuration',
  cap: 'ISOLATED',
  weight: 'strong',
  definition: 'Reasoning effort, thinking budget or verbosity differ.',
  evidence: 'The field and both values.',
  confounders: 'SDK defaults that changed.',
  verification: 'Live: the same request with either value.',
  same: 'the same reasoning settings',
  inRequest: pair => settingFindings(pair, 'reasoning'),
};
