import type { Finding } from './cause.ts';
import type { Pair } from './pair.ts';
import type { Setting } from './parameters.ts';

/** One finding for each request field of a setting that differs. */
export function settingFindings(pair: Pair, setting: Setting): readonly Finding[] {
  return pair
    .parameters()
    .filter(change => change.setting === setting)
    .map(({ field, good, bad, usual }) => ({
      field,
      detail: `${field} was ${good ?? 'not sent'} in good and ${bad ?? 'not sent'} in bad.`,
      good,
      bad,
      ...(usual
        ? { weight: 'weak' as const, facts: ['It is what the vendor takes where nothing is sent.'] }
        : {}),
    }));
}
