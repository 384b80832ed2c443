import type { CallStep } from '../timeline/timeline.ts';
import type { Pair } from './pair.ts';
import type { Runs } from './runs.ts';

/** A call that only one run made, or an end that only one run had. */
export interface Gap {
  readonly kind: 'call' | 'exit';
  readonly runs: Runs;
  /** The run that has it. */
  readonly side: 'good' | 'bad';
  /** For an exit: the last call of the run. */
  readonly step: CallStep;
  /** The aligned calls before it in its conversation; null where none is. */
  readonly before: Pair | null;
  /** Whether the other run made no further call in this conversation. */
  readonly last: boolean;
}
