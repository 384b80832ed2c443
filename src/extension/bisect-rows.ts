import type { PairedCalls, Report } from '../bisect/report.ts';
import type { CallStep, Timeline } from '../timeline/timeline.ts';

/** Both runs, as the report calls them. */
export interface BothRuns {
  readonly good: Timeline;
  readonly bad: Timeline;
}

/** The calls of a row; null: the run did not make it. */
export interface RowCalls {
  readonly good: CallStep | null;
  readonly bad: CallStep | null;
}

/** The calls behind each pair of the report. */
export function rowCalls({ pairs }: Report, { good, bad }: BothRuns): readonly RowCalls[] {
  const [left, right] = [good, bad].map(({ steps }) => steps.filter(step => step.kind === 'call')) as [
    CallStep[],
    CallStep[],
  ];
  const at = (calls: readonly CallStep[], call: number | null): CallStep | null =>
    call === null ? null : (calls[call] ?? null);
  return pairs.map(pair => ({ good: at(left, pair.good), bad: at(right, pair.bad) }));
}

/** The pair at which a step of the report stands: steps count the good run's calls, and the bad run's where only that made one. */
export function rowOf({ pairs }: Report, step: number): number | null {
  const isThere = ({ good, bad }: PairedCalls): boolean => (good ?? bad) === step;
  const differing = pairs.findIndex(
    pair => isThere(pair) && pair.differs !== null && pair.differs !== 'carried',
  );
  const row = differing === -1 ? pairs.findIndex(isThere) : differing;
  return row === -1 ? null : row;
}
