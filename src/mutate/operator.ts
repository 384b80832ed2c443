import type { Call } from '../providers/call.ts';
import type { EditableAnswer } from '../providers/editing/editable-answer.ts';
import type { Shape } from '../providers/editing/shape.ts';
import type { Answer, Exchange } from '../wire/exchange.ts';

export const FAMILIES = ['provider', 'stream', 'output', 'tool-output'] as const;
export type Family = (typeof FAMILIES)[number];

/**
 * One way in which production breaks a call. The built-in ones stand one a file in `operators/`; a user's own is a module
 * whose default export is an `Operator` (or a list of them), named by `--operator <path>`.
 */
export interface Operator {
  /** Kebab-case and stable: part of mutant ids, `--only` and reports. */
  readonly id: string;
  readonly family: Family;
  /** One line: what production does. */
  readonly summary: string;
  /** 3: seen often in production, or often silent; 1: rare. Mutants of high priority run first. */
  readonly priority: 1 | 2 | 3;
  /** The faults that make sense at this recorded step; none where it does not apply. Pure. */
  plan(target: Target): readonly Fault[];
}

/** A recorded answer to break: a call to a model, or an HTTP tool's (`call` is null, sessions of `--all-http`). */
export interface Target {
  readonly exchange: Exchange;
  readonly call: Call | null;
  /** How this dialect's answers are edited; null where they can only be replaced or cut. */
  readonly shape: Shape | null;
  /** The recorded answer cut into its JSON values or stream events; null where it cannot be read. */
  readonly body: EditableAnswer | null;
  /** Earlier answers of the same HTTP tool, for stale data; empty for model calls. */
  readonly earlier: readonly Answer[];
}

export interface Fault {
  /** Tells several faults of one operator at one step apart, e.g. the tool's name; empty otherwise. Kebab-case or a name. */
  readonly variant?: string;
  readonly answer: Answer | 'hang';
  /**
   * `once`: asked again, the provider gives the recorded answer. `always`: this request keeps failing. `from-here`: everything
   * the agent asks of this host fails from now on.
   */
  readonly times: 'once' | 'always' | 'from-here';
  /** True where the agent gets no answer at all, so that going on as if nothing happened is a failure by itself. */
  readonly lost: boolean;
  /** Calls whose arguments must never be executed: ids, or names where the vendor gives no ids. */
  readonly poisoned?: readonly string[];
  /** The injected words tell the user what is wrong when they are shown (a refusal). */
  readonly tells?: true;
  /** What was changed, for people: `finish reason stop → length`. */
  readonly detail: string;
}
