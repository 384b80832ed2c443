import { answerMember } from '../answer-facts.ts';
import type { Cause } from '../cause.ts';

export const backendFingerprintChanged: Cause = {
  id: 'backend_fingerprint_changed',
  family: 'provider',
  cap: 'SUGGESTED',
  weight: 'noise',
  definition: 'The answer carries a `system_fingerprint` that the good run never saw.',
  evidence: 'The fingerprints of both runs.',
  confounders: 'Replicas alternate; the field is deprecated, and its absence proves nothing.',
  verification: 'Not possible: an old backend cannot be asked again.',
  inAnswer: pair => {
    const is = answerMember(pair.bad, 'system_fingerprint');
    const was = answerMember(pair.good, 'system_fingerprint');
    if (is === null || was === null || is === was) return [];
    return [
      {
        field: 'response.system_fingerprint',
        detail: `The backend calls itself ${is} in bad, ${was} in good.`,
        good: was,
        bad: is,
      },
    ];
  },
};
