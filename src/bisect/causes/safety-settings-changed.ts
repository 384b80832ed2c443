import type { Cause } from '../cause.ts';
import { settingFindings } from '../setting-findings.ts';

export const safetySettingsChanged: Cause = {
  id: 'safety_settings_changed',
  family: 'configuration',
  cap: 'ISOLATED',
  weight: 'strong',
  definition: 'Safety settings or guardrails differ.',
  evidence: 'The field and both values.',
  confounders: 'Defaults that the vendor changed.',
  verification: 'Live: the same request with either value.',
  same: 'the same safety settings',
  inRequest: pair => settingFindings(pair, 'safety'),
};
