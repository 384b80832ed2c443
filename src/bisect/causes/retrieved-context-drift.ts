import { shownCall } from '../brief.ts';
import type { Cause } from '../cause.ts';
import { resultText } from '../result-changes.ts';
import { isRetrieval, sharedChunks } from '../retrieval.ts';
import { textFindings } from '../text-findings.ts';
import { toolTrouble } from '../tool-trouble.ts';
import { differOnlyInVariables } from '../variables.ts';

export const retrievedContextDrift: Cause = {
  id: 'retrieved_context_drift',
  family: 'context',
  cap: 'ISOLATED',
  weight: 'strong',
  definition:
    'Text that was looked up (documents, memory, search in a knowledge base) differs for the same query.',
  evidence: 'Both texts, and how many of their lines both have.',
  confounders: 'If the query differs too, this follows from it.',
  verification: 'Replay with the good context put in.',
  inRequest: pair => [
    ...textFindings(pair, 'retrieved', 'The retrieved context differs'),
    ...pair.history().flatMap(change => {
      if (change.kind !== 'result' || !isRetrieval(change.call, change.bad)) return [];
      if (toolTrouble(change.good) !== null || toolTrouble(change.bad) !== null) return [];
      const [good, bad] = [resultText(change.good), resultText(change.bad)];
      return [
        {
          field: `messages[${change.at}]`,
          detail: `${shownCall(change.call)} retrieved something else for the same arguments.`,
          good,
          bad,
          facts: [sharedChunks(good, bad)],
          ...(differOnlyInVariables(good, bad) ? { weight: 'weak' as const } : {}),
        },
      ];
    }),
  ],
};
