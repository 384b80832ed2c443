import type { Call } from '../providers/call.ts';
import type { EditableAnswer } from '../providers/editing/editable-answer.ts';
import type { Shape } from '../providers/editing/shape.ts';
import type { ToolRun } from '../sessions/session.ts';
import type { ToolOutcome } from '../tape/tool.ts';
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
  /** Where it was seen, in Markdown with its sources: docs/operators.md is made of it. The built-in ones all have it. */
  readonly evidence?: string;
  /** 3: seen often in production, or often silent; 1: rare. Mutants of high priority run first. */
  readonly priority: 1 | 2 | 3;
  /** The faults that make sense at this recorded step; none where it does not apply. Pure. */
  plan(target: Target): readonly Fault[];
}

/**
 * A recorded answer to break: a call to a model's; an HTTP tool's (`call` is null, sessions of `--all-http`); or that of a
 * tool inside the agent that an SDK helper told of (`call` is null, and `run` is there).
 */
export interface Target {
  /** For a tool inside the agent: the call that asked for it. */
  readonly exchange: Exchange;
  readonly call: Call | null;
  readonly run?: ToolRun;
  /** How this dialect's answers are edited; null where they can only be replaced or cut. */
  readonly shape: Shape | null;
  /** The recorded answer cut into its JSON values or stream events; null where it cannot be read. */
  readonly body: EditableAnswer | null;
  /** Earlier answers of the same HTTP tool, for stale data; empty for model calls. */
  readonly earlier: readonly Answer[];
  /** All other exchanges with the same HTTP tool, earlier and later; empty for model calls. */
  readonly siblings: readonly Exchange[];
  /** The model call before this one in the same conversation that asked for tools: what a model in a loop says again. */
  readonly previous: Target | null;
}

export interface Fault {
  /** Tells several faults of one operator at one step apart, e.g. the tool's name; empty otherwise. Kebab-case or a name. */
  readonly variant?: string;
  /**
   * An answer whose end is `client-gone` stays open behind its last byte until the agent hangs up; `hang` has not even a
   * first one.
   */
  readonly answer: Answer | 'hang';
  /** The answer of the n-th delivery, from 1, where it is another each time; `answer` is the first. */
  readonly again?: (nth: number) => Answer;
  /** For a tool inside the agent: how it ends. `runs`: it runs all the same, and what it gave is replaced. */
  readonly tool?: { readonly outcome: ToolOutcome | 'hang'; readonly runs: boolean };
  /** Other recorded answers that are broken with it, by `seq`. */
  readonly also?: ReadonlyMap<number, Answer>;
  /** The answer takes the times that it states (`headAt`, `at`); all else is given at once. */
  readonly paced?: true;
  /**
   * `once`: asked again, the provider gives the recorded answer. `always`: this request keeps failing. `from-here`: everything
   * the agent asks of this host fails from now on.
   */
  readonly times: 'once' | 'always' | 'from-here';
  /** True where the agent gets no answer at all, so that going on as if nothing happened is a failure by itself. */
  readonly lost: boolean;
  /** Calls whose arguments must never be executed: ids, or names where the vendor gives no ids. */
  readonly poisoned?: readonly string[];
  /** The answer says outright that it failed, so that a tool which hides it from the model hides a failure. */
  readonly failure?: true;
  /** The same in other words, so that output in these words is as good as the recorded. */
  readonly rewords?: { readonly from: string; readonly to: string };
  /** A word that must not come up in any tool's arguments, nor in a request's host, path or body to other than a model. */
  readonly canary?: string;
  /** The injected words tell the user what is wrong when they are shown (a refusal). */
  readonly tells?: true;
  /** What was changed, for people: `finish reason stop → length`. */
  readonly detail: string;
}

/** Whether the agent waits for something that never comes: only its own time limit, or the run's, ends it. */
export function neverEnds({ answer }: Fault): boolean {
  return answer === 'hang' || answer.end.kind === 'client-gone';
}
