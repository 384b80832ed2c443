import { brief, shownCall } from '../brief.ts';
import type { Cause } from '../cause.ts';
import { resultText } from '../result-changes.ts';
import { toolTrouble } from '../tool-trouble.ts';

export const toolErrorOrTimeout: Cause = {
  id: 'tool_error_or_timeout',
  family: 'context',
  cap: 'ISOLATED',
  weight: 'strong',
  definition: 'A tool failed in one run and not in the other, for the same arguments.',
  evidence: 'Both results.',
  confounders: 'A result that only speaks of errors.',
  verification: 'Give the good result to the bad run.',
  same: 'no tool failed in one run only',
  inRequest: pair =>
    pair.history().flatMap(change => {
      if (change.kind !== 'result') return [];
      const [was, is] = [toolTrouble(change.good), toolTrouble(change.bad)];
      if (was === null && is === null) return [];
      const where =
        was !== null && is !== null ? 'otherwise in each run' : was === null ? 'in bad only' : 'in good only';
      return [
        {
          field: `messages[${change.at}]`,
          detail: `${shownCall(change.call)} failed ${where}: ${brief(is ?? was ?? '')}`,
          good: resultText(change.good),
          bad: resultText(change.bad),
        },
      ];
    }),
};
