import { troubleOf } from '../timeline/troubles.ts';
import { endingOf } from './answer.ts';
import type { Half, Pair } from './pair.ts';

export interface OneSided {
  readonly side: 'good' | 'bad';
  /** What is wrong there, in words. */
  readonly what: string;
  /** The other run's finish reason, for comparison. */
  readonly other: string | null;
}

/** What is wrong with one answer of a pair and not with the other; empty where both are well, or neither. */
export function oneSided({ good, bad }: Pair, wrongIn: (half: Half) => string | null): readonly OneSided[] {
  const [was, is] = [wrongIn(good), wrongIn(bad)];
  if (is !== null && was === null) return [{ side: 'bad', what: is, other: good.step.finishReason }];
  if (was !== null && is === null) return [{ side: 'good', what: was, other: bad.step.finishReason }];
  return [];
}

/** Why an answer was withheld. */
export function withheldOf({ step }: Half): string | null {
  const refusal = troubleOf(step, 'refusal');
  if (refusal) return `${refusal.name}: ${refusal.message}`;
  const { error } = step;
  if (!error) return null;
  const filtered =
    /content.?filter|responsible.?ai|safety|guardrail|prompt.?block|blocked|content.?policy|moderation/i;
  return filtered.test(`${error.type ?? ''}`) || (error.status === 400 && filtered.test(error.message))
    ? `${error.type ?? error.status}: ${error.message}`
    : null;
}

/** What is wrong with a model's tool calls, where the answer came whole. */
export function malformedOf({ step }: Half): string | null {
  if (step.error) return null;
  const ending = endingOf(step);
  if (ending === 'malformed') return step.finishReason;
  if (ending === 'length' || ending === 'withheld') return null;
  return troubleOf(step, 'invalid-arguments')?.message ?? null;
}
