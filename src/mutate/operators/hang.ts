import type { Operator } from '../operator.ts';

export const hang: Operator = {
  id: 'hang',
  family: 'provider',
  summary: 'the provider takes the request and never answers',
  evidence:
    'Requests that are accepted and never answered; the SDKs wait ten minutes by default: [agent0ai/agent-zero#1882](https://github.com/agent0ai/agent-zero/issues/1882).',
  priority: 1,
  plan: ({ call }) =>
    call
      ? [{ answer: 'hang', times: 'from-here', lost: true, detail: 'no answer, the connection stays open' }]
      : [],
};
