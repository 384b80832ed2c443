import type { Operator } from '../operator.ts';

export const droppedStep: Operator = {
  id: 'dropped-step',
  family: 'provider',
  summary: 'this one answer never comes, however often it is asked for; all others do',
  evidence:
    'One request that a network, a proxy or a provider cannot get through, such as one that is too large for something in between. Runs go on without it: 429s of one call made a task "complete" ([RooCodeInc/Roo-Code#5050](https://github.com/RooCodeInc/Roo-Code/issues/5050)).',
  priority: 2,
  plan: ({ call }) =>
    call
      ? [
          {
            answer: { chunks: [], end: { kind: 'reset', at: 0, message: 'read ECONNRESET' } },
            times: 'always',
            lost: true,
            detail: 'TCP reset before the head, for this request only',
          },
        ]
      : [],
};
