import type { Operator } from '../operator.ts';

export const connectionResetOnce: Operator = {
  id: 'connection-reset-once',
  family: 'provider',
  summary: 'the connection is reset before an answer comes; the next attempt passes',
  evidence:
    'Idle connections are cut by what stands between; SDKs of OpenAI and Anthropic ask again, that of Gemini does not (measured).',
  priority: 2,
  plan: ({ call }) =>
    call
      ? [
          {
            answer: { chunks: [], end: { kind: 'reset', at: 0, message: 'read ECONNRESET' } },
            times: 'once',
            lost: true,
            detail: 'TCP reset before the head, once',
          },
        ]
      : [],
};
