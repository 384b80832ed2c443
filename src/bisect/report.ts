import type { SiteFrame } from '../wire/call-site.ts';
import type { Evidence, Family, Status } from './cause.ts';

/** What bisecting two runs says. Steps count LLM calls from 0, retries folded; docs/bisect.md has it as JSON. */
export interface Report {
  readonly good: string;
  readonly bad: string;
  /** Null where the runs do the same, whatever their bytes. */
  readonly divergence: Divergence | null;
  /** The likeliest first. */
  readonly causes: readonly NamedCause[];
  readonly ruledOut: readonly RuledOut[];
  /** Differences behind the divergence: they cannot have led to it, and do not follow from it. */
  readonly later: readonly Pick<NamedCause, 'id' | 'step' | 'field' | 'detail'>[];
  /** Both runs' calls side by side, in the order of the good run. */
  readonly pairs: readonly PairedCalls[];
  readonly notes: readonly string[];
  /** What asking the provider again took; absent where it was not asked. */
  readonly live?: LiveTotal;
}

/** Calls at the same place of both runs, counted from 0; null: the run did not make it. */
export interface PairedCalls {
  readonly good: number | null;
  readonly bad: number | null;
  /** Whose move differs; null: nothing of this call, nor what it carries. `carried`: only what it carries from before. */
  readonly differs: 'request' | 'answer' | 'both' | 'carried' | null;
}

export interface LiveTotal {
  readonly answers: number;
  readonly failed: number;
  /** US dollars. */
  readonly estimatedUsd: number;
  readonly usd: number;
}

/** What a provider said when it was asked the same things again. */
export interface LiveEvidence {
  readonly arms: readonly LiveArm[];
  /** P-value; null where there was nothing to compare. */
  readonly p: number | null;
  /** How often two answers to one and the same request fell into different classes, from 0 to 1. */
  readonly noiseFloor: number;
}

/** Answers to one request, by class of behaviour. */
export interface LiveArm {
  readonly name: string;
  readonly answers: number;
  readonly failed: number;
  readonly classes: readonly { readonly label: string; readonly count: number }[];
}

export interface Divergence {
  /** First call that differs in something that matters. */
  readonly step: number;
  /** First call after which the agents act otherwise; null where they never do. */
  readonly behaviour: number | null;
  readonly moved: 'agent' | 'provider';
  /** What came of the call of the behavioural divergence (else of the first one) in either run; null: it was not made. */
  readonly good: string | null;
  readonly bad: string | null;
}

export interface NamedCause {
  readonly id: string;
  readonly family: Family;
  readonly status: Status;
  readonly step: number;
  readonly field: string;
  readonly detail: string;
  readonly evidence: Evidence;
  /** Where in the agent's code the call was made; null without a hook. */
  readonly callSite: SiteFrame | null;
  /** What would prove it. */
  readonly verification: string;
  /** The causes with which it was VERIFIED, where all of them at once heal and break and none does alone. */
  readonly together?: readonly string[];
  readonly live?: LiveEvidence;
}

export interface RuledOut {
  readonly id: string;
  readonly why: string;
}
