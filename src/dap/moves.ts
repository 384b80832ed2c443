import { RewindError } from '../errors.ts';
import {
  currentStep,
  entryOf,
  insideOf,
  laterCall,
  nextStep,
  previousStep,
  stepOut,
  toolsOf,
} from '../timeline/cursor.ts';
import type { Timeline } from '../timeline/timeline.ts';
import type { Move } from './stops.ts';
import type { Walk } from './walk.ts';
import { laneName, stepName } from './wording.ts';

/** The moves of a debugger, each from where the cursor is when its turn comes. */

/** `lane`: null for the cursor's own. */
export function stepOver(walk: Walk, lane: number | null): void {
  walk.goOn(timeline => {
    const own = lane ?? walk.step.lane;
    const to = nextStep(timeline, walk.position, own);
    // Where the lane has no further call, one may still be to come.
    const early = to !== null && (timeline.steps[to]!.lane === own || isOver(walk, own));
    return { ...forward(to), early };
  });
}

/** While an agent runs: whether its lane asked for nothing more, so that any call is the next. */
function isOver({ recording, timeline, position }: Walk, lane: number): boolean {
  if (!recording.isLive) return false;
  const step = currentStep(timeline, lane, position);
  return step?.kind === 'call' && toolsOf(timeline, step).length === 0;
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
  walk.goOn(timeline => {
    const own = lane ?? walk.step.lane;
    if (target !== undefined) {
      const move = target > walk.position ? forward(target) : jump(target, 'step');
      return { ...move, early: walk.recording.isLive };
    }
    const [first] = own === walk.step.lane ? insideOf(timeline, walk.step) : [];
    if (first) return { ...forward(entryOf(first)), early: 'kind' in first || walk.recording.isLive };
    // While an agent runs, a sub-agent may be still to come: the next call, whoever makes it.
    if (walk.recording.isLive) return { ...forward(laterCall(timeline, walk.position)), early: true };
    return forward(nextStep(timeline, walk.position, own));
  });
}

export function stepOutOf(walk: Walk, lane: number | null): void {
  walk.goOn(timeline => {
    const own = lane ?? walk.step.lane;
    const to = stepOut(timeline, walk.position, own);
    const expected =
      currentStep(timeline, own, walk.position)?.kind === 'tool' ? own : callerOf(timeline, own);
    const early = walk.recording.isLive && to !== null && timeline.steps[to]!.lane === expected;
    return { ...forward(to), early };
  });
}

/** Whatever came just before: the last tool of the call before, the last call of a sub-agent. */
export function stepBackInto(walk: Walk): void {
  walk.move(() => ({
    to: walk.position > 0 ? walk.position - 1 : null,
    way: 'backward',
    reason: 'step',
    early: true,
  }));
}

/** From a tool, the call that asked for it; from a sub-agent, the call that began it; else the start. */
export function stepBackOutOf(walk: Walk, lane: number | null): void {
  walk.move(timeline => {
    const own = lane ?? walk.step.lane;
    const step = currentStep(timeline, own, walk.position);
    const to = step?.kind === 'tool' ? step.from : timeline.lanes[own]!.parent;
    return { to, way: 'backward', reason: 'step', early: true };
  });
}

function callerOf({ lanes, steps }: Timeline, lane: number): number | null {
  const { parent } = lanes[lane]!;
  return parent === null ? null : steps[parent]!.lane;
}

export function runOn(walk: Walk): void {
  walk.goOn(() => ({ to: null, way: 'forward', reason: 'pause' }));
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
