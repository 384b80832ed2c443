import { callsIn, saidIn } from './answer.ts';
import { brief } from './brief.ts';
import type { Finding } from './cause.ts';
import type { Half, Pair } from './pair.ts';
import { temperatureOf } from './parameters.ts';

/** The finding that is left when requests are equal and answers are not. `greedy`: for temperature 0 only. */
export function nondeterminismFindings({ good, bad }: Pair, greedy: boolean): readonly Finding[] {
  const temperature = temperatureOf(bad.call);
  if ((temperature === 0) !== greedy) return [];
  const [was, is] = [good, bad].map(answerText);
  const asked =
    good.step.key === bad.step.key
      ? 'The same request was answered otherwise'
      : 'The same was asked, in other bytes, and answered otherwise';
  const sampling =
    temperature === null ? 'The temperature was not set.' : `The temperature was ${temperature}.`;
  return [
    {
      field: 'response',
      detail: `${asked}: ${brief(was!, 80)} in good, ${brief(is!, 80)} in bad. ${sampling}`,
      good: was!,
      bad: is!,
      facts: ['A silent change at the provider looks the same in one pair of runs.'],
    },
  ];
}

function answerText({ step }: Half): string {
  if (step.error) return `${step.error.status} ${step.error.message}`;
  return [saidIn(step.output.parts), ...callsIn(step.output.parts)].filter(Boolean).join('\n') || '(nothing)';
}
