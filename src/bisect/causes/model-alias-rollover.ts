import type { Cause } from '../cause.ts';

export const modelAliasRollover: Cause = {
  id: 'model_alias_rollover',
  family: 'provider',
  cap: 'ISOLATED',
  weight: 'strong',
  definition: 'The same model was asked for, and another one answered.',
  evidence: 'Both names, as the answers give them.',
  confounders: 'Gateways that rewrite names; a fallback after errors.',
  verification: 'Live: pin both snapshots on the same request.',
  same: 'the same model answered',
  inAnswer: ({ good, bad }) => {
    const [asked, wanted] = [good.call.requestModel, bad.call.requestModel];
    const [was, is] = [good.call.responseModel, bad.call.responseModel];
    if (asked !== wanted || was === null || is === null || was === is) return [];
    return [
      {
        field: 'response.model',
        detail: `${asked ?? 'The model'} was answered by ${was} in good and by ${is} in bad.`,
        good: was,
        bad: is,
      },
    ];
  },
};
