import type { Cause } from '../cause.ts';
import { settingFindings } from '../setting-findings.ts';

export const responseFormatChanged: Cause = {
  id: 'response_format_changed',
  family: 'configuration',
  cap: 'ISOLATED',
  weight: 'strong',
  definition: 'The wanted form of the answer differs: response format, JSON schema, modalities.',
  evidence: 'The field and both values.',
  confounders: 'SDKs that rewrite schemas.',
  verification: 'Live: the same request with either value.',
  same: 'the same response format',
  inRequest: pair => settingFindings(pair, 'format'),
};
