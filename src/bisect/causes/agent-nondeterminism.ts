import type { Cause } from '../cause.ts';
import { codeFacts, sameCode } from '../runs.ts';

export const agentNondeterminism: Cause = {
  id: 'agent_nondeterminism',
  family: 'execution',
  cap: 'ISOLATED',
  weight: 'strong',
  definition: 'The same code on the same answers asks otherwise.',
  evidence: 'A replay of the good run, same commit, whose requests differ.',
  confounders: 'A tool that reaches the world outside of the tape.',
  verification: 'Replay the run on its own tape (`--verify` does it first).',
  inRuns: runs => {
    const { good, bad } = runs;
    const { parent, mode } = bad.session.start;
    if (mode !== 'replay' && mode !== 'verify') return [];
    if (parent?.session !== good.session.start.id || sameCode(runs) !== true) return [];
    return [
      {
        field: 'agent',
        detail:
          'The bad run is a replay of the good one on its own answers, and the agent asked for something else.',
        good: null,
        bad: null,
        facts: codeFacts(runs),
      },
    ];
  },
};
