import type { Cause } from '../cause.ts';
import { settingFindings } from '../setting-findings.ts';

export const outputLimitChanged: Cause = {
  id: 'output_limit_changed',
  family: 'configuration',
  cap: 'ISOLATED',
  weight: 'strong',
  definition: 'The limit on output tokens or tool calls differs.',
  evidence: 'The field and both values.',
  confounders: 'Matters only where the answer reaches it.',
  verification: 'Live: the same request with either value.',
  same: 'the same output limit',
  inRequest: pair => settingFindings(pair, 'limit'),
};
