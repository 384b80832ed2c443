import type { Operator } from '../operator.ts';

export const toolOutputStale: Operator = {
  id: 'tool-output-stale',
  family: 'tool-output',
  summary: 'the service behind a tool gives an earlier answer again',
  priority: 2,
  plan({ call, earlier }) {
    const answer = earlier.at(-1);
    if (call || !answer) return [];
    return [
      { answer, times: 'always', lost: false, detail: 'the answer to an earlier request of this service' },
    ];
  },
};
