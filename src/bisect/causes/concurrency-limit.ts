import type { Step } from '../../timeline/timeline.ts';
import type { Cause } from '../cause.ts';

export const concurrencyLimit: Cause = {
  id: 'concurrency_limit',
  family: 'execution',
  cap: 'SUGGESTED',
  weight: 'weak',
  definition: 'As many calls as before, and fewer of them at once.',
  evidence: 'The most calls in flight at once, in both runs.',
  confounders: 'A slower provider or machine.',
  verification: 'Run with the good limit.',
  inRuns: ({ good, bad }) => {
    const [was, is] = [mostAtOnce(good.steps), mostAtOnce(bad.steps)];
    // One more or less is chance.
    if (was === is || Math.max(was, is) < 4 || Math.max(was, is) < 2 * Math.min(was, is)) return [];
    return [
      {
        field: 'run.concurrency',
        detail: `At most ${was} calls were in flight at once in good, ${is} in bad.`,
        good: String(was),
        bad: String(is),
      },
    ];
  },
};

function mostAtOnce(steps: readonly Step[]): number {
  const ends: number[] = [];
  let most = 0;
  for (const step of steps) {
    if (step.kind !== 'call') continue;
    const open = ends.filter(end => end > step.at);
    ends.splice(0, ends.length, ...open, step.at + (step.latencyMs ?? 0));
    most = Math.max(most, ends.length);
  }
  return most;
}
