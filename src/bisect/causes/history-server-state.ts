import type { Cause } from '../cause.ts';
import type { Pair } from '../pair.ts';
import { settingFindings } from '../setting-findings.ts';

export const historyServerState: Cause = {
  id: 'history_server_state',
  family: 'configuration',
  cap: 'INCONCLUSIVE',
  weight: 'weak',
  definition:
    'The conversation is kept by the provider, and one run goes on from a state that the recording does not hold.',
  evidence: 'The ids of the states.',
  confounders: 'The id alone differs in every run.',
  verification: 'Not from tape: record the whole conversation.',
  inRequest: pair =>
    settingFindings(pair, 'server state').filter(
      ({ good, bad }) =>
        // Another endpoint keeps its state in another way: that is the difference, and no secret.
        (pair.good.call.dialect === pair.bad.call.dialect && (good === null) !== (bad === null)) ||
        !known(pair, good, bad),
    ),
};

/** A state that the run itself made is no secret: its answers are in the recording. */
function known({ runs }: Pair, good: string | null, bad: string | null): boolean {
  const made = (run: Pair['runs']['good'], id: string | null): boolean =>
    id === null || run.steps.some(step => step.kind === 'call' && step.call.responseId === id);
  return made(runs.good, good) && made(runs.bad, bad);
}
