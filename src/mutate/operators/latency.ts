import type { Operator } from '../operator.ts';

const DELAY_MS = 3_000;

export const latency: Operator = {
  id: 'latency',
  family: 'provider',
  summary: 'the first byte takes three seconds',
  evidence:
    'Providers answer seconds late on bad days: replies of 20 s in a phone call ([pipecat-ai/pipecat#5804](https://github.com/pipecat-ai/pipecat/issues/5804)), 107 s for five tokens ([agent0ai/agent-zero#1882](https://github.com/agent0ai/agent-zero/issues/1882)).',
  priority: 1,
  plan({ call, exchange: { answer } }) {
    if (!call) return [];
    const late = {
      ...answer,
      headAt: DELAY_MS,
      chunks: answer.chunks.map(({ bytes }) => ({ at: DELAY_MS, bytes })),
      end: 'at' in answer.end ? { ...answer.end, at: DELAY_MS } : answer.end,
    };
    const detail = `${DELAY_MS / 1000} s before the head, then as recorded`;
    return [{ answer: late, times: 'once', lost: false, paced: true, detail }];
  },
};
