import { toolFault } from '../answer/tool-output.ts';
import type { Operator } from '../operator.ts';

export const toolOutputTruncated: Operator = {
  id: 'tool-output-truncated',
  family: 'tool-output',
  summary: 'the answer of the service behind a tool ends in the middle, and nothing says so',
  evidence:
    'Truncation is what diagnosis finds worst: 4.3 % in the experiments with AgentChaos ([floritange/AgentChaos](https://github.com/floritange/AgentChaos)); proxies and output limits cut results.',
  priority: 2,
  plan: target =>
    toolFault(
      target,
      ({ value }) => cutInHalf(typeof value === 'string' ? value : JSON.stringify(value)),
      'cut after half of it',
      { failure: true },
    ),
};

function cutInHalf(text: string): { readonly text: string } | null {
  const characters = [...text];
  return characters.length < 4 ? null : { text: characters.slice(0, characters.length >> 1).join('') };
}
