import type { AlignedRow } from '../timeline/align.ts';
import type { CallStep, Timeline } from '../timeline/timeline.ts';
import type { Gap } from './gap.ts';
import { Half, Pair, Said } from './pair.ts';
import type { Runs } from './runs.ts';

/** The calls of both runs: their numbers, the call before each, what each run's model said. */
export class Sides {
  readonly #runs: Runs;
  readonly #sides: Readonly<Record<'good' | 'bad', Side>>;

  constructor(runs: Runs) {
    this.#runs = runs;
    this.#sides = { good: sideOf(runs.good), bad: sideOf(runs.bad) };
  }

  ordinal(side: 'good' | 'bad', step: CallStep): number {
    return this.#sides[side].ordinals.get(step.index)!;
  }

  pairOf({ a, b }: { readonly a: number; readonly b: number }): Pair {
    return new Pair(this.#runs, this.#half('good', a), this.#half('bad', b));
  }

  gapOf(
    row: Extract<AlignedRow, { kind: 'removed' | 'added' }>,
    before: ReadonlyMap<number, Pair>,
    rest: readonly AlignedRow[],
  ): Gap {
    const side = row.kind === 'removed' ? 'good' : 'bad';
    const timeline = this.#runs[side];
    const step = timeline.steps[row.kind === 'removed' ? row.a : row.b] as CallStep;
    const pairs = [...before.values()];
    const previous = pairs.find(pair => pair[side].step.lane === step.lane) ?? null;
    const last = !rest.some(one => {
      const index = side === 'good' ? ('b' in one ? one.b : null) : 'a' in one ? one.a : null;
      if (index === null || previous === null) return false;
      const other = side === 'good' ? this.#runs.bad : this.#runs.good;
      return other.steps[index]!.lane === previous[side === 'good' ? 'bad' : 'good'].step.lane;
    });
    return { kind: 'call', runs: this.#runs, side, step, before: previous, last };
  }

  #half(side: 'good' | 'bad', index: number): Half {
    const timeline = this.#runs[side];
    const { ordinals, previous, said } = this.#sides[side];
    const step = timeline.steps[index] as CallStep;
    const before = previous.get(index);
    return new Half(
      timeline,
      step,
      ordinals.get(index)!,
      before === undefined ? null : (timeline.steps[before] as CallStep),
      said,
    );
  }
}

interface Side {
  readonly ordinals: ReadonlyMap<number, number>;
  readonly previous: ReadonlyMap<number, number>;
  readonly said: Said;
}

function sideOf({ steps }: Timeline): Side {
  const ordinals = new Map<number, number>();
  const previous = new Map<number, number>();
  const lastOf = new Map<number, number>();
  for (const step of steps) {
    if (step.kind !== 'call') continue;
    ordinals.set(step.index, ordinals.size);
    const before = lastOf.get(step.lane);
    if (before !== undefined) previous.set(step.index, before);
    lastOf.set(step.lane, step.index);
  }
  return { ordinals, previous, said: new Said(steps) };
}

/** LLM calls by index of their step, counted from 0. */
export function ordinalsOf({ steps }: Timeline): ReadonlyMap<number, number> {
  return new Map(steps.filter(step => step.kind === 'call').map(({ index }, ordinal) => [index, ordinal]));
}
