import { otherAnswer, toolFault, toolOutput } from '../answer/tool-output.ts';
import type { Operator } from '../operator.ts';

/** Stands apart from a wrong entity in that both answers are there, each for the other question. */
export const toolOutputSwapped: Operator = {
  id: 'tool-output-swapped',
  family: 'tool-output',
  summary: 'of two requests to a service at the same time each gets the answer of the other',
  evidence:
    'Results of parallel calls joined by name or position instead of by id ([langchain-ai/langgraph-supervisor-py#92](https://github.com/langchain-ai/langgraph-supervisor-py/pull/92)).',
  priority: 2,
  plan(target) {
    const { exchange } = target;
    const output = toolOutput(target);
    const other = output?.others.find(({ exchange: { seq }, together }) => together && seq > exchange.seq);
    if (!output || !other) return [];
    const also = new Map([[other.exchange.seq, otherAnswer(target, other.exchange, output.value)]]);
    return toolFault(
      target,
      () => ({ value: other.value }),
      `swapped with request ${other.exchange.seq}`,
    ).map(fault => ({ ...fault, also }));
  },
};
