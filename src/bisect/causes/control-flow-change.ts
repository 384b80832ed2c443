import { callsIn, saidIn } from '../answer.ts';
import { brief } from '../brief.ts';
import type { Cause } from '../cause.ts';
import { wordsOf } from '../messages-list.ts';
import { codeFacts } from '../runs.ts';

export const controlFlowChange: Cause = {
  id: 'control_flow_change',
  family: 'execution',
  cap: 'SUGGESTED',
  weight: 'strong',
  definition:
    'After equal answers one run made a call that the other did not make: the code took another way.',
  evidence: 'The call, its call site, commits and changes of the code.',
  confounders: 'An agent that decides by chance, by the clock, or by its environment.',
  verification: 'Run both commits on the same tape: `rewind bisect --run`.',
  inGap: gap => {
    const { side, kind, step, runs } = gap;
    const other = side === 'good' ? 'bad' : 'good';
    if (kind === 'exit') {
      const [was, is] = [runs.good.session.exit?.code, runs.bad.session.exit?.code];
      return [
        {
          field: 'run.exit',
          detail: `All calls are alike, and the runs ended with exit code ${was} in good and ${is} in bad: the difference lies behind the last call.`,
          good: String(was),
          bad: String(is),
          facts: codeFacts(runs),
        },
      ];
    }
    const exit = runs[other].session.exit;
    const said = brief(saidIn(step.output.parts) || callsIn(step.output.parts).join(', ') || 'an answer');
    return [
      {
        field: 'run.calls',
        detail: `Only the ${side} run made this call (answered: ${said}).`,
        good: side === 'good' ? 'called' : null,
        bad: side === 'bad' ? 'called' : null,
        facts: [
          ...(exit?.code ? [`The ${other} run ended with exit code ${exit.code}.`] : []),
          ...codeFacts(runs),
        ],
      },
    ];
  },
  inRequest: pair =>
    pair.history().flatMap(change => {
      if (change.kind === 'edited') {
        const { at, good, bad } = change;
        const detail = `The history holds an assistant message that the model had not said so: ${brief(good, 80)} in good, ${brief(bad, 80)} in bad.`;
        return [{ field: `messages[${at}]`, detail, good, bad, facts: codeFacts(pair.runs) }];
      }
      if (change.kind !== 'brought' || (change.message.role === 'user' && pair.good.before === null))
        return [];
      const text = wordsOf(change.message);
      return [
        {
          field: 'messages',
          detail: `The agent brought a message (${change.message.role}) in ${change.in} only: ${brief(text)}.`,
          good: change.in === 'good' ? text : null,
          bad: change.in === 'bad' ? text : null,
          facts: codeFacts(pair.runs),
        },
      ];
    }),
};
