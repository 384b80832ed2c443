import type { CallStep } from '../timeline/timeline.ts';
import { brief } from './brief.ts';
import type { Finding } from './cause.ts';
import { cutOf, foreignOf } from './cut.ts';
import { oneSided, withheldOf } from './one-sided.ts';
import type { Half, Pair } from './pair.ts';
import type { Place } from './scan.ts';

export type Failure = 'rate_limited' | 'overloaded' | 'timeout_or_disconnect' | 'provider_error_unrecovered';

/** What a failed call is a case of; null where it did not fail, or failed by being cut or filtered. */
export function failureOf(half: Half): Failure | null {
  const { error, label } = half.step;
  // The tape had no answer: that is no failure of a provider.
  if (label === 'MISS') return null;
  if (half.step.attempts.at(-1)?.status === null || error?.status === 0) return 'timeout_or_disconnect';
  if (half.exchange.answer.end.kind === 'client-gone') return 'timeout_or_disconnect';
  if (foreignOf(half) !== null) return 'provider_error_unrecovered';
  if (!error || cutOf(half) !== null || withheldOf(half) !== null) return null;
  const type = error.type ?? '';
  if (error.status === 429)
    return /quota|spend|billing/i.test(type) ? 'provider_error_unrecovered' : 'rate_limited';
  if (error.status === 408 || error.status === 504) return 'timeout_or_disconnect';
  if (error.status === 529 || error.status === 503 || /overload|unavailable/i.test(type)) return 'overloaded';
  return 'provider_error_unrecovered';
}

export function errorFindings(pair: Pair, wanted: Failure): readonly Finding[] {
  return oneSided(pair, failureOf).flatMap(({ side, what }) => {
    if (what !== wanted) return [];
    const { step } = pair[side];
    const text = foreignOf(pair[side]) ?? errorText(step);
    const other = pair[side === 'good' ? 'bad' : 'good'].step.finishReason ?? 'an answer';
    return [
      {
        field: 'response.status',
        detail: `The call failed in ${side} only: ${brief(text)}.`,
        good: side === 'good' ? text : other,
        bad: side === 'bad' ? text : other,
        facts: step.attempts.length > 1 ? [`${step.attempts.length} attempts in ${side}.`] : [],
      },
    ];
  });
}

/** 4xx that say nothing of what was asked: who asked, who pays, too soon, too often. */
const BLAMELESS: ReadonlySet<number> = new Set([401, 402, 407, 408, 409, 425, 429]);
/** What an account may not have access to (403). */
const GUARDED: ReadonlySet<string> = new Set(['model_version_changed', 'provider_route_changed']);

/** Whether one of these changes of the request may itself have provoked the error: then it comes first. */
export function provoked({ good, bad }: Place, changed: readonly string[]): boolean {
  const status = bad?.error?.status ?? good?.error?.status ?? 0;
  if (status < 400 || status >= 500 || BLAMELESS.has(status)) return false;
  return status === 403 ? changed.some(id => GUARDED.has(id)) : changed.length > 0;
}

function errorText({ error, latencyMs }: CallStep): string {
  if (!error) return `no answer${latencyMs === null ? '' : ` within ${Math.round(latencyMs)} ms`}`;
  return [error.status || '', error.type ?? '', error.message].filter(Boolean).join(' ');
}
