import type { Mutant } from '../mutate/mutant.ts';
import type { MutateProgress } from '../mutate/mutate.ts';
import type { MutantResult, MutationReport } from '../mutate/report.ts';
import { printJsonLine } from './json-output.ts';

/** What is known of a mutant before it runs. */
export type PlannedMutant = Pick<
  MutantResult,
  'id' | 'operator' | 'family' | 'step' | 'callSite' | 'detail'
> & { readonly summary: string };

/** One line of `rewind mutate --json-lines`: how editors follow a run. Documented in docs/mutate.md. */
export type MutateEvent =
  /** What will run, the most telling first; with `--plan` that is all. */
  | { readonly event: 'planned'; readonly source: string; readonly mutants: readonly PlannedMutant[] }
  /** The unbroken runs are over. */
  | { readonly event: 'started'; readonly done: number; readonly total: number }
  | {
      readonly event: 'mutant';
      readonly done: number;
      readonly total: number;
      /** Milliseconds; null where nobody knows. */
      readonly leftMs: number | null;
      readonly mutant: MutantResult;
    }
  /** The end, also of a run that was interrupted. It may mend what was told before. */
  | { readonly event: 'report'; readonly report: MutationReport };

export function tellMutateEvent(event: MutateEvent): void {
  printJsonLine(event);
}

export function plannedEvent(source: string, mutants: readonly Mutant[]): MutateEvent {
  return {
    event: 'planned',
    source,
    mutants: mutants.map(({ id, operator, family, step, callSite, summary, fault }) => ({
      id,
      operator,
      family,
      step,
      callSite,
      detail: fault.detail,
      summary,
    })),
  };
}

export function progressEvent({ done, total, leftMs, last }: MutateProgress): MutateEvent {
  return last ? { event: 'mutant', done, total, leftMs, mutant: last } : { event: 'started', done, total };
}
