import type { Cause } from '../cause.ts';
import { differOnlyInVariables } from '../variables.ts';

export const systemPromptDrift: Cause = {
  id: 'system_prompt_drift',
  family: 'context',
  cap: 'ISOLATED',
  weight: 'strong',
  definition: 'The system prompt differs in more than dates and ids.',
  evidence: 'Word diff; the commit that touched the line.',
  confounders: 'Retrieved text and memory that agents put there.',
  verification: 'Live: the same request with either value.',
  same: 'the same system prompt',
  inRequest: pair => {
    const system = pair.system();
    if (!system || differOnlyInVariables(system.good, system.bad)) return [];
    return [{ field: 'system', detail: 'The system prompt differs.', ...system }];
  },
};
