import type { Cause } from '../cause.ts';
import { textFindings } from '../text-findings.ts';
import { changedVariables, differOnlyInVariables } from '../variables.ts';

export const templateVariableDrift: Cause = {
  id: 'template_variable_drift',
  family: 'context',
  cap: 'ISOLATED',
  weight: 'weak',
  definition: 'A prompt differs in dates, ids, paths or the like only.',
  evidence: 'The pairs of values.',
  confounders: 'Usually immaterial; yet "today is …" can decide an answer.',
  verification: 'Replay with the good value put in.',
  inRequest: pair => {
    const system = pair.system();
    const inSystem =
      system && differOnlyInVariables(system.good, system.bad)
        ? [{ field: 'system', detail: told(system), ...system }]
        : [];
    return [
      ...inSystem,
      ...textFindings(pair, 'variables', 'Only values that change from run to run differ'),
    ];
  },
};

const told = ({ good, bad }: { readonly good: string; readonly bad: string }): string =>
  `The system prompt differs only in values that change from run to run: ${changedVariables(good, bad).join(', ')}.`;
