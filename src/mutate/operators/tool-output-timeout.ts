import { toolFault } from '../answer/tool-output.ts';
import type { Operator } from '../operator.ts';

export const toolOutputTimeout: Operator = {
  id: 'tool-output-timeout',
  family: 'tool-output',
  summary: 'the service behind a tool takes the request and never answers',
  evidence:
    'A tool that never answers stalls the agent for good ([OpenHands/OpenHands#9776](https://github.com/OpenHands/OpenHands/issues/9776), [HKUDS/nanobot#950](https://github.com/HKUDS/nanobot/pull/950)); one that is asked again may act twice ([langchain-ai/langchain#40686](https://github.com/langchain-ai/langchain/issues/40686)).',
  priority: 2,
  plan: target => toolFault(target, () => 'hang', 'no answer, the connection stays open', { failure: true }),
};
