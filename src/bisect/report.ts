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
  readonly notes: readonly string[];
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
}

export interface RuledOut {
  readonly id: string;
  readonly why: string;
}
