import type { Operator } from '../operator.ts';

export const connectionReset: Operator = {
  id: 'connection-reset',
  family: 'provider',
  summary: 'the connection is reset before an answer comes, from here on',
  evidence: 'A provider, a proxy or the network is gone.',
  priority: 2,
  plan: ({ call }) =>
    call
      ? [
          {
            answer: { chunks: [], end: { kind: 'reset', at: 0, message: 'read ECONNRESET' } },
            times: 'from-here',
            lost: true,
            detail: 'TCP reset before the head',
          },
        ]
      : [],
};
