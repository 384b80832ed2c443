import { callsIn } from '../answer.ts';
import { brief } from '../brief.ts';
import type { Cause } from '../cause.ts';
import { codeFacts } from '../runs.ts';

export const budgetChange: Cause = {
  id: 'budget_change',
  family: 'execution',
  cap: 'SUGGESTED',
  weight: 'strong',
  definition:
    'One run stopped although the model had asked for tools, after the same steps: a limit on steps, time or money.',
  evidence: 'The tool calls that were never answered, exit codes.',
  confounders: 'A crash of the agent, a user who stopped it.',
  verification: 'Run the good commit and the bad one on the same tape.',
  inGap: gap => {
    const other = gap.side === 'good' ? 'bad' : 'good';
    const half = gap.before?.[other];
    if (gap.kind !== 'call' || !gap.last || !half) return [];
    const asked = callsIn(half.step.output.parts);
    const exit = half.timeline.session.exit;
    if (asked.length === 0 || (exit && exit.code !== 0 && exit.code !== null)) return [];
    return [
      {
        field: 'run.length',
        detail: `The ${other} run ends although the model had asked for ${brief(asked.join(', '))}; the ${gap.side} run went on.`,
        good: other === 'good' ? 'stopped' : 'went on',
        bad: other === 'bad' ? 'stopped' : 'went on',
        facts: codeFacts(gap.runs),
      },
    ];
  },
};
