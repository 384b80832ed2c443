import type { Cause } from '../cause.ts';
import { settingFindings } from '../setting-findings.ts';

export const samplingParamsChanged: Cause = {
  id: 'sampling_params_changed',
  family: 'configuration',
  cap: 'ISOLATED',
  weight: 'strong',
  definition: 'Temperature, top_p, top_k, penalties, stop words, number of choices or the like differ.',
  evidence: 'The field and both values.',
  confounders: 'Temperature 0 does not make a model deterministic.',
  verification: 'Live: the same request with either value.',
  same: 'the same sampling parameters',
  inRequest: pair => settingFindings(pair, 'sampling'),
};
