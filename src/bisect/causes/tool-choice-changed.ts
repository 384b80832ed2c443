import type { Cause } from '../cause.ts';
import { settingFindings } from '../setting-findings.ts';

export const toolChoiceChanged: Cause = {
  id: 'tool_choice_changed',
  family: 'configuration',
  cap: 'ISOLATED',
  weight: 'strong',
  definition: 'Whether, which, or how many tools the model may call at once differs.',
  evidence: 'The field and both values.',
  confounders: 'SDKs that send the default explicitly.',
  verification: 'Live: the same request with either value.',
  same: 'the same tool choice',
  inRequest: pair => settingFindings(pair, 'tool choice'),
};
