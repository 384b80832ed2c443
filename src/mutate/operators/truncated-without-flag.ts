import { truncation } from '../answer/truncation.ts';
import type { Operator } from '../operator.ts';

/** Routers rewrite finish reasons, so that a cut answer looks whole. */
export const truncatedWithoutFlag: Operator = {
  id: 'truncated-without-flag',
  family: 'output',
  summary: 'the text ends in the middle, and nothing says so',
  evidence:
    'Routers rewrite finish reasons, so that a cut answer looks whole: [NousResearch/hermes-agent#7693](https://github.com/NousResearch/hermes-agent/issues/7693).',
  priority: 2,
  plan: target => truncation(target, false),
};
