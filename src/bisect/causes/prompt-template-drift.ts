import type { Cause } from '../cause.ts';
import { textFindings } from '../text-findings.ts';

export const promptTemplateDrift: Cause = {
  id: 'prompt_template_drift',
  family: 'context',
  cap: 'ISOLATED',
  weight: 'strong',
  definition: 'A user message was put together otherwise around the same input.',
  evidence: 'Word diff of the message.',
  confounders: 'A template whose input cannot be told from it.',
  verification: 'Live: the same request with either value.',
  inRequest: pair => textFindings(pair, 'template', 'The wording around the input differs'),
};
