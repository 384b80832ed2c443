import type { Cause } from '../cause.ts';
import { sameCode } from '../runs.ts';

export const envOrLocaleChange: Cause = {
  id: 'env_or_locale_change',
  family: 'execution',
  cap: 'SUGGESTED',
  weight: 'weak',
  definition: 'The runs had another environment: variables, platform, runtime, folder.',
  evidence: 'What of it is known to differ.',
  confounders: 'Nearly every environment differs somewhere.',
  verification: 'Run again with the environments swapped.',
  inRuns: runs => {
    const { good, bad } = runs;
    const [one, two] = [good.session.start, bad.session.start];
    const facts = [
      ['platform', one.environment?.platform, two.environment?.platform],
      ['runtime', one.environment?.runtime, two.environment?.runtime],
      ['folder', one.cwd, two.cwd],
      ['variables (hash)', one.environment?.digest.slice(0, 10), two.environment?.digest.slice(0, 10)],
    ] as const;
    const found = facts.filter(([, was, is]) => was !== undefined && is !== undefined && was !== is);
    if (found.length === 0) return [];
    return [
      {
        field: 'environment',
        detail: `The environment differs: ${found.map(([name]) => name).join(', ')}.`,
        good: found.map(([name, was]) => `${name} ${was}`).join(', '),
        bad: found.map(([name, , is]) => `${name} ${is}`).join(', '),
        // The same code and the same answers: what else should have made it go another way?
        ...(sameCode(runs) === true ? { weight: 'strong' as const } : {}),
      },
    ];
  },
};
