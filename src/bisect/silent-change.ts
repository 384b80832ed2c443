import type { CallStep, Timeline } from '../timeline/timeline.ts';
import { answerClasses } from './live/answer-classes.ts';
import { exactTest } from './live/exact-test.ts';
import { ordinalsOf } from './sides.ts';

/** Runs of each kind that have the difference; field and detail as a separation shows them. */
export interface SilentChange {
  readonly first: {
    readonly id: 'silent_provider_regression';
    readonly step: number;
    readonly field: string;
    readonly detail: string;
  };
  readonly inGood: number;
  readonly inBad: number;
}

const LEVEL = 0.05;

/**
 * The first request that all runs sent alike, that was answered otherwise in the bad ones by more than chance, where every
 * bad run is younger than every good one, and the answers announce no other model: then the provider has changed.
 */
export function silentChange(good: readonly Timeline[], bad: readonly Timeline[]): SilentChange | null {
  const began = (runs: readonly Timeline[]): readonly number[] =>
    runs.map(({ session }) => session.start.startedAt);
  if (Math.max(...began(good)) >= Math.min(...began(bad))) return null;
  for (const step of callsOf(good[0]!)) {
    const same = [...good, ...bad].map(run => callsOf(run).find(({ key }) => key === step.key));
    if (!same.every(call => call !== undefined && call.model === step.model)) continue;
    const classes = answerClasses(same as readonly CallStep[]);
    const counts = [0, 1].map(side =>
      classes.map(({ members }) => members.filter(index => (index < good.length ? 0 : 1) === side).length),
    );
    const p = exactTest(counts[0]!, counts[1]!);
    if (p >= LEVEL) continue;
    const usual = counts[1]!.indexOf(Math.max(...counts[1]!));
    const ordinal = ordinalsOf(good[0]!).get(step.index)!;
    return {
      first: {
        id: 'silent_provider_regression',
        step: ordinal,
        field: 'response',
        detail: `The same request is answered otherwise since ${new Date(Math.min(...began(bad))).toISOString().slice(0, 10)}: ${classes[usual]!.label} (p = ${p.toPrecision(2)}, Fisher–Freeman–Halton exact test).`,
      },
      inGood: counts[0]![usual]!,
      inBad: counts[1]![usual]!,
    };
  }
  return null;
}

const callsOf = ({ steps }: Timeline): readonly CallStep[] => steps.filter(step => step.kind === 'call');
