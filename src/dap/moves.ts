import { RewindError } from '../errors.ts';
import { entryOf, insideOf, nextStep, previousStep, stepOut } from '../timeline/cursor.ts';
import type { Timeline } from '../timeline/timeline.ts';
import type { Move, Walk } from './walk.ts';
import { laneName, stepName } from './wording.ts';

/** The moves of a debugger, each from where the cursor is when its turn comes. */

/** `lane`: null for the cursor's own. */
export function stepOver(walk: Walk, lane: number | null): void {
  walk.move(timeline => {
    const own = lane ?? walk.step.lane;
    const to = nextStep(timeline, walk.position, own);
    // Where the lane has no further call, one may still be to come.
    return { ...forward(to), early: to !== null && timeline.steps[to]!.lane === own };
  });
}

export function stepBack(walk: Walk, lane: number | null): void {
  walk.move(timeline => ({
    to: previousStep(timeline, walk.position, lane ?? walk.step.lane),
    way: 'backward',
    reason: 'step',
    early: true,
  }));
}

/** Without a target: the first thing to enter, or else the next step. */
export function stepInto(walk: Walk, lane: number | null, target?: number): void {
  walk.move(timeline => {
    const own = lane ?? walk.step.lane;
    if (target !== undefined) return target > walk.position ? forward(target) : jump(target, 'step');
    const [first] = own === walk.step.lane ? insideOf(timeline, walk.step) : [];
    if (!first) return forward(nextStep(timeline, walk.position, own));
    return { ...forward(entryOf(first)), early: 'kind' in first };
  });
}

export function stepOutOf(walk: Walk, lane: number | null): void {
  walk.move(timeline => forward(stepOut(timeline, walk.position, lane ?? walk.step.lane)));
}

export function runOn(walk: Walk): void {
  walk.move(() => ({ to: null, way: 'forward', reason: 'pause' }));
}

export function runBack(walk: Walk): void {
  walk.move(() => ({ to: null, way: 'backward', reason: 'pause', early: true }));
}

export function goTo(walk: Walk, index: number, reason = 'goto'): void {
  walk.move(timeline => ({ ...jump(checkedStep(timeline, index), reason), early: true }));
}

/** Throws RewindError `no-such-step`. */
export function checkedStep({ steps }: Timeline, index: number): number {
  if (steps[index]) return index;
  throw new RewindError('no-such-step', `There is no step ${index}`, `Steps are 0 to ${steps.length - 1}.`);
}

/** What can be entered at a step, for a menu. */
export function entries(timeline: Timeline, index: number): readonly { id: number; label: string }[] {
  return insideOf(timeline, timeline.steps[index]!).map(inside => ({
    id: entryOf(inside),
    label: 'kind' in inside ? stepName(inside) : `lane ${laneName(inside)}`,
  }));
}

const forward = (to: number | null): Move => ({ to, way: 'forward', reason: 'step' });
const jump = (to: number, reason: string): Move => ({ to, way: 'jump', reason });
