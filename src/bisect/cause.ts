import type { WordRun } from '../timeline/word-diff.ts';
import type { Gap } from './gap.ts';
import type { Pair } from './pair.ts';
import type { Runs } from './runs.ts';

/** What a cause's status rests on; docs/bisect.md, "Status". */
export type Status = 'VERIFIED' | 'ISOLATED' | 'JOINT' | 'SUGGESTED' | 'INCONCLUSIVE';

export type Family = 'provider' | 'configuration' | 'context' | 'execution';

/** One place where a cause shows: a field of one call, in both runs. */
export interface Finding {
  /** `model`, `temperature`, `messages[3]`, `response.finish_reason` … */
  readonly field: string;
  /** One or two sentences for a person. */
  readonly detail: string;
  /** Null: not there. Whole texts; whoever shows them cuts them. */
  readonly good: string | null;
  readonly bad: string | null;
  /** What else speaks for it or against it. */
  readonly facts?: readonly string[];
  /** Says little by itself: named behind everything else. */
  readonly faint?: true;
  /** In place of the cause's own: what differs in every run (times, ids) weighs little, what nothing else explains much. */
  readonly weight?: 'strong' | 'weak';
}

export interface Evidence {
  readonly good: string | null;
  readonly bad: string | null;
  /** Word by word, where both sides are texts. */
  readonly words?: readonly WordRun[];
  readonly facts: readonly string[];
}

/**
 * One cause of the taxonomy: its documentation (docs/causes.md is made of it) and how two recordings show it. Without any
 * of the four ways only running again, or many runs, can tell.
 */
export interface Cause {
  readonly id: string;
  readonly family: Family;
  readonly definition: string;
  readonly evidence: string;
  readonly confounders: string;
  readonly verification: string;
  /** The most that two recordings can show. */
  readonly cap: 'ISOLATED' | 'SUGGESTED' | 'INCONCLUSIVE';
  /**
   * - `fault`: the provider failed; it explains the answer whatever was asked.
   * - `strong`: enough to change an answer.
   * - `weak`: rarely changes one; named, but never shares the blame with a strong one.
   * - `noise`: what is left when nothing else is.
   */
  readonly weight: 'fault' | 'strong' | 'weak' | 'noise';
  /** Said when both runs agree in it; absent where that proves nothing. */
  readonly same?: string;
  /** In what the agent sent. */
  readonly inRequest?: (pair: Pair) => readonly Finding[];
  /** In what came back, where the answers differ. */
  readonly inAnswer?: (pair: Pair) => readonly Finding[];
  /** In a call that only one run made. */
  readonly inGap?: (gap: Gap) => readonly Finding[];
  /** In what is known of the two runs, where the agent moved first. */
  readonly inRuns?: (runs: Runs) => readonly Finding[];
}

/** What several findings of one cause weigh together: as much as the weightiest; faint ones nothing. */
export function weightOf(
  found: readonly { readonly cause: Cause; readonly finding: Finding }[],
): Cause['weight'] {
  const weights = found.flatMap(({ cause, finding }) =>
    finding.faint ? [] : [finding.weight ?? cause.weight],
  );
  return WEIGHTS.find(weight => weights.includes(weight)) ?? 'noise';
}

/** The weightiest first. */
export const WEIGHTS: readonly Cause['weight'][] = ['fault', 'strong', 'weak', 'noise'];
