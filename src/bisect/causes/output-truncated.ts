import { endingOf } from '../answer.ts';
import type { Cause } from '../cause.ts';
import { oneSided } from '../one-sided.ts';

export const outputTruncated: Cause = {
  id: 'output_truncated',
  family: 'provider',
  cap: 'ISOLATED',
  weight: 'fault',
  definition:
    'An answer hit a length limit in one run only (`length`, `max_tokens`, `MAX_TOKENS`, `incomplete`).',
  evidence: 'The finish reason, the limit, the output tokens.',
  confounders:
    'Routers that write another finish reason: broken JSON arguments show it too. A limit that was lowered is the cause, this its effect.',
  verification: 'Give the good answer at this step to the bad run: it heals.',
  same: 'no answer hit a length limit in one run only',
  inAnswer: pair =>
    oneSided(pair, half => (endingOf(half.step) === 'length' ? (half.step.finishReason ?? '') : null)).map(
      ({ side }) => ({
        field: 'response.finish_reason',
        detail: `The answer was cut off at a length limit in ${side} only (${pair[side].step.finishReason}).`,
        good: pair.good.step.finishReason,
        bad: pair.bad.step.finishReason,
        facts: [
          `Output tokens: ${pair.good.step.usage?.output ?? 'unknown'} in good, ${pair.bad.step.usage?.output ?? 'unknown'} in bad.`,
        ],
      }),
    ),
};
