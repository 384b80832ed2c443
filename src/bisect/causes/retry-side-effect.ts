import type { Cause } from '../cause.ts';

export const retrySideEffect: Cause = {
  id: 'retry_side_effect',
  family: 'provider',
  cap: 'SUGGESTED',
  weight: 'noise',
  definition:
    'A call was tried more often in one run; the answer that counts came later, or from a fallback.',
  evidence: 'The attempts of both.',
  confounders: 'Harmless in most cases.',
  verification: 'Give the good answer at the first attempt.',
  inAnswer: ({ good, bad }) => {
    const [was, is] = [good.step.attempts.length, bad.step.attempts.length];
    if (was === is) return [];
    const errors = [...good.step.attempts, ...bad.step.attempts].flatMap(({ error }) =>
      error ? [`${error.status} ${error.type ?? ''}`.trim()] : [],
    );
    return [
      {
        field: 'attempts',
        detail: `The call took ${was} attempts in good and ${is} in bad.`,
        good: String(was),
        bad: String(is),
        facts: errors,
      },
    ];
  },
};
