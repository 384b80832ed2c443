import type { Cause } from '../cause.ts';

export const modelVersionChanged: Cause = {
  id: 'model_version_changed',
  family: 'configuration',
  cap: 'ISOLATED',
  weight: 'strong',
  definition: 'Another model was asked for.',
  evidence: 'Both names.',
  confounders: 'A fallback after failed attempts: then the error is the cause.',
  verification: 'Live: the same request to both models.',
  same: 'the same model was asked for',
  inRequest: ({ good, bad }) => {
    const [was, is] = [good.call.requestModel, bad.call.requestModel];
    if (was === is) return [];
    const failed = bad.before?.error ?? null;
    return [
      {
        field: 'model',
        detail: `The model asked for was ${was ?? 'none'} in good and ${is ?? 'none'} in bad.`,
        good: was,
        bad: is,
        ...(failed
          ? {
              facts: [
                `The call before it failed (${failed.status} ${failed.type ?? ''}): this may be a fallback.`,
              ],
            }
          : {}),
      },
    ];
  },
};
