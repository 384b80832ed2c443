import { callsOf, countUpTo, currentStep } from './cursor.ts';
import type { Lane, Timeline } from './timeline.ts';

/** A row of a lane's stack: a step, or the place where a sub-agent was called from. */
export type StackRow =
  | { readonly kind: 'step'; readonly index: number }
  | { readonly kind: 'caller'; readonly lane: Lane };

interface Stretch {
  readonly size: number;
  readonly row: (i: number) => StackRow;
}

/**
 * A lane's stack at a position, innermost first: the tool step where it is in one, its calls from the latest to the
 * first, and below a sub-agent those of its caller. Rows are made when they are asked for.
 */
export function stackAt(timeline: Timeline, laneId: number, at: number): Stack {
  const stretches: Stretch[] = [];
  const current = currentStep(timeline, laneId, at);
  if (current?.kind === 'tool')
    stretches.push({ size: 1, row: () => ({ kind: 'step', index: current.index }) });
  let lane: Lane | undefined = timeline.lanes[laneId];
  let until = at;
  while (lane) {
    const calls = callsOf(timeline, lane);
    const size = countUpTo(calls, until);
    stretches.push({ size, row: i => ({ kind: 'step', index: calls[size - 1 - i]! }) });
    const parent: number | null = lane.parent;
    if (parent === null) break;
    const caller: Lane = timeline.lanes[timeline.steps[parent]!.lane]!;
    stretches.push({ size: 1, row: () => ({ kind: 'caller', lane: caller }) });
    lane = caller;
    until = parent;
  }
  return new Stack(stretches);
}

export class Stack {
  readonly size: number;
  readonly #stretches: readonly Stretch[];

  constructor(stretches: readonly Stretch[]) {
    this.#stretches = stretches;
    this.size = stretches.reduce((sum, { size }) => sum + size, 0);
  }

  row(position: number): StackRow | undefined {
    let i = position;
    for (const { size, row } of this.#stretches) {
      if (i < size) return row(i);
      i -= size;
    }
    return undefined;
  }
}
