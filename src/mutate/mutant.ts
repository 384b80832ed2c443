import type { Family, Fault } from './operator.ts';

/** One fault at one recorded step. */
export interface Mutant {
  /** `operator@step`, with `:variant` where one operator plans several: equal in every run over the same recording. */
  readonly id: string;
  readonly operator: string;
  readonly family: Family;
  readonly priority: number;
  readonly summary: string;
  /** Index of the recorded step, as `rewind inspect` shows it. */
  readonly step: number;
  /** `seq` of the recorded exchange whose answer is replaced. */
  readonly seq: number;
  /** Position in the session's `tools` of the tool inside the agent that is broken in place of that exchange. */
  readonly tool?: number;
  readonly callSite: { readonly file: string; readonly line: number } | null;
  readonly fault: Fault;
  /** What the broken answer says where an agent may print it as the model's: its text, or the body that is none. */
  readonly said: string;
}
