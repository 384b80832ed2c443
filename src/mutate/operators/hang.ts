import type { Operator } from '../operator.ts';

export const hang: Operator = {
  id: 'hang',
  family: 'provider',
  summary: 'the provider takes the request and never answers',
  priority: 1,
  plan: ({ call }) =>
    call
      ? [{ answer: 'hang', times: 'from-here', lost: true, detail: 'no answer, the connection stays open' }]
      : [],
};
