import type { ChangeView, SiteView } from '../session/messages.ts';

/** What the bisect panel and the extension say to each other. */

/** Why two runs diverged, as the bisect panel shows it. Calls count from 0, steps of a session as in `SessionView`. */
export interface BisectView {
  readonly good: RunView;
  readonly bad: RunView;
  /** Both runs' calls side by side. */
  readonly rows: readonly BisectRow[];
  /** Null where both runs do the same. */
  readonly divergence: DivergenceView | null;
  /** The likeliest first. */
  readonly causes: readonly CauseView[];
  readonly ruledOut: readonly { readonly id: string; readonly why: string }[];
  /** Differences behind the divergence. */
  readonly later: readonly { readonly id: string; readonly row: number | null; readonly detail: string }[];
  readonly notes: readonly string[];
  /** Whether running both again has been tried. */
  readonly tried: boolean;
  /** False in a folder that is not trusted: nothing can be run or changed. */
  readonly trusted: boolean;
  /** The rule that was just added to rewind.config.json, and can be taken back. */
  readonly added: string | null;
}

export interface RunView {
  readonly id: string;
  readonly title: string;
  readonly facts: string;
}

export interface BisectRow {
  /** Null: the run did not make this call. */
  readonly good: BisectCall | null;
  readonly bad: BisectCall | null;
  /** Whose move differs; `carried`: only what the call carries from before; null: nothing. */
  readonly differs: 'request' | 'answer' | 'both' | 'carried' | null;
}

export interface BisectCall {
  readonly call: number;
  readonly step: number;
  readonly name: string;
  /** What came of it, one short line. */
  readonly summary: string;
  readonly failed: boolean;
}

export interface DivergenceView {
  /** The first call that differs in something that matters. */
  readonly row: number;
  readonly step: number;
  /** The first call after which the agents act otherwise; null where they never do. */
  readonly behaviourRow: number | null;
  readonly behaviour: number | null;
  readonly moved: 'agent' | 'provider';
  /** What came of the call where the agents part; null: it was not made. */
  readonly good: string | null;
  readonly bad: string | null;
}

export interface CauseView {
  readonly id: string;
  readonly family: string;
  readonly status: 'VERIFIED' | 'ISOLATED' | 'JOINT' | 'SUGGESTED' | 'INCONCLUSIVE';
  readonly step: number;
  readonly row: number | null;
  readonly field: string;
  readonly detail: string;
  /** The two values, JSON laid out; null where there is none to compare. */
  readonly change: ChangeView | null;
  readonly facts: readonly string[];
  readonly site: SiteView | null;
  /** What would prove it. */
  readonly verification: string;
  /** Causes with which it was verified. */
  readonly together: readonly string[];
  /** What `match` would have to say for this not to count; null where no rule helps. */
  readonly rule: string | null;
}

/** What the bisect panel keeps over a reload. */
export interface BisectState {
  readonly good: string;
  readonly bad: string;
  readonly row: number;
  readonly ruledOut: boolean;
  readonly listWidth: number;
}

export type ToBisectPage =
  | { readonly type: 'bisect'; readonly view: BisectView }
  /** What differs in a row's calls, the good run's first; null where only one run made the call. */
  | { readonly type: 'pair'; readonly row: number; readonly changes: readonly ChangeView[] | null }
  /** What is being done; null: nothing any more. */
  | { readonly type: 'working'; readonly what: string | null }
  | { readonly type: 'told'; readonly what: string }
  | {
      readonly type: 'problem';
      readonly message: string;
      readonly hint: string | null;
      /** Tools that look as if they changed something are in the way of verifying; the reader may allow them. */
      readonly effects: boolean;
    };

export type FromBisectPage =
  | { readonly type: 'ready' }
  | { readonly type: 'pair'; readonly row: number }
  | { readonly type: 'openSite'; readonly cause: number }
  /** The time line of one of the runs, at a call. */
  | { readonly type: 'openStep'; readonly side: 'good' | 'bad'; readonly row: number }
  | { readonly type: 'verify'; readonly allowEffects: boolean }
  | { readonly type: 'cancel' }
  /** Both runs in the debugger, at a row's calls. */
  | { readonly type: 'debug'; readonly row: number }
  | { readonly type: 'copy' }
  | { readonly type: 'ignore'; readonly cause: number }
  /** Takes back the rule that was just added. */
  | { readonly type: 'unignore' };
