import type { CallStep, Lane, Step, Timeline, ToolStep } from './timeline.ts';

/**
 * Moving through a recording. A position is the index of a step: everything up to and with it has happened, in all
 * lanes. Every function here is pure; `null` means that there is no such place.
 */

const callsByLane = new WeakMap<Lane, readonly number[]>();

/** Indices of a lane's call steps, in order. */
export function callsOf(timeline: Timeline, lane: Lane): readonly number[] {
  let calls = callsByLane.get(lane);
  if (!calls) {
    calls = lane.steps.filter(index => timeline.steps[index]!.kind === 'call');
    callsByLane.set(lane, calls);
  }
  return calls;
}

/** How many of the rising numbers are at most `limit`. */
export function countUpTo(rising: readonly number[], limit: number): number {
  let low = 0;
  let high = rising.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rising[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The step that a lane is in at a position. */
export function currentStep(timeline: Timeline, laneId: number, at: number): Step | null {
  const steps = timeline.lanes[laneId]?.steps ?? [];
  return timeline.steps[steps[countUpTo(steps, at) - 1] ?? -1] ?? null;
}

/** Lanes that have begun at a position. */
export function lanesAt(timeline: Timeline, at: number): readonly Lane[] {
  return timeline.lanes.filter(lane => (lane.steps[0] ?? Number.POSITIVE_INFINITY) <= at);
}

/** The lane's call before this step; of a tool step, the last run of the same tool in its lane. */
export function stepBefore(timeline: Timeline, step: Step): Step | null {
  const lane = timeline.lanes[step.lane]!;
  if (step.kind === 'call') {
    const calls = callsOf(timeline, lane);
    return timeline.steps[calls[countUpTo(calls, step.index) - 2] ?? -1] ?? null;
  }
  for (let i = countUpTo(lane.steps, step.index) - 2; i >= 0; i--) {
    const other = timeline.steps[lane.steps[i]!]!;
    if (other.kind === 'tool' && other.name === step.name) return other;
  }
  return null;
}

/** The tool steps that a call asked for, in order. */
export function toolsOf(timeline: Timeline, call: CallStep): readonly ToolStep[] {
  const asked = call.output.parts.filter(part => part.type === 'tool_call').length;
  const found: ToolStep[] = [];
  const { steps } = timeline.lanes[call.lane]!;
  for (let i = countUpTo(steps, call.index); i < steps.length && found.length < asked; i++) {
    const step = timeline.steps[steps[i]!]!;
    if (step.kind === 'tool' && step.from === call.index) found.push(step);
  }
  return found;
}

/** Lanes that a call led to, in the order of their beginning. */
export function childLanes(timeline: Timeline, call: number): readonly Lane[] {
  return lanesByParent(timeline).get(call) ?? [];
}

const childrenOf = new WeakMap<Timeline, ReadonlyMap<number, readonly Lane[]>>();

function lanesByParent(timeline: Timeline): ReadonlyMap<number, readonly Lane[]> {
  let map = childrenOf.get(timeline);
  if (!map) {
    const led = timeline.lanes.filter(lane => lane.parent !== null && lane.steps.length > 0);
    map = Map.groupBy(led, lane => lane.parent!);
    childrenOf.set(timeline, map);
  }
  return map;
}

/**
 * Step over: the lane's next call, or a tool step's next sibling. Past a lane's end, its caller's next call; past that,
 * any later call, so that stepping over leads to the end of the recording. Other lanes go on meanwhile.
 */
export function nextStep(timeline: Timeline, at: number, laneId: number): number | null {
  const current = currentStep(timeline, laneId, at);
  if (current?.kind === 'tool') {
    const sibling = siblingsOf(timeline, current).find(({ index }) => index > at);
    if (sibling) return sibling.index;
  }
  const own = nextCall(timeline, at, laneId) ?? callersNext(timeline, at, laneId);
  return own ?? laterCall(timeline, at);
}

/** Step over, backwards. A lane's first call leads back to the call that led to the lane. */
export function previousStep(timeline: Timeline, at: number, laneId: number): number | null {
  const current = currentStep(timeline, laneId, at);
  if (!current) return null;
  if (current.kind === 'tool') {
    const sibling = siblingsOf(timeline, current).findLast(({ index }) => index < current.index);
    return sibling?.index ?? current.from;
  }
  const before = stepBefore(timeline, current);
  if (before) return before.index;
  const { parent } = timeline.lanes[laneId]!;
  if (parent !== null) return parent;
  const others = timeline.steps.slice(0, current.index);
  return others.findLast(step => step.kind === 'call')?.index ?? null;
}

/** What `stepIn` can enter at a step: of a call, its tools and the lanes it led to; of a tool step, its own lanes. */
export function insideOf(timeline: Timeline, step: Step): readonly (ToolStep | Lane)[] {
  if (step.kind === 'call') return [...toolsOf(timeline, step), ...childLanes(timeline, step.index)];
  const asker = timeline.steps[step.from] as CallStep;
  const [tools, lanes] = [toolsOf(timeline, asker), childLanes(timeline, step.from)];
  // As many sub-agents as tool calls: the first call began the first sub-agent, and so on.
  if (tools.length === lanes.length) return lanes.slice(tools.indexOf(step)).slice(0, 1);
  const until = step.to ?? Number.POSITIVE_INFINITY;
  return lanes.filter(({ steps }) => steps[0]! > step.index && steps[0]! < until);
}

export function entryOf(inside: ToolStep | Lane): number {
  return 'kind' in inside ? inside.index : inside.steps[0]!;
}

/**
 * Step out: from a tool step to the call that carries its result, from a sub-agent to its caller's next call, from any
 * other lane to the first call after its end.
 */
export function stepOut(timeline: Timeline, at: number, laneId: number): number | null {
  const current = currentStep(timeline, laneId, at);
  if (current?.kind === 'tool') {
    if (current.to !== null && current.to > at) return current.to;
    const next = nextCall(timeline, at, laneId);
    if (next !== null) return next;
  }
  const end = timeline.lanes[laneId]!.steps.at(-1) ?? at;
  return callersNext(timeline, at, laneId) ?? laterCall(timeline, Math.max(at, end));
}

function siblingsOf(timeline: Timeline, tool: ToolStep): readonly ToolStep[] {
  return toolsOf(timeline, timeline.steps[tool.from] as CallStep);
}

function nextCall(timeline: Timeline, at: number, laneId: number): number | null {
  const calls = callsOf(timeline, timeline.lanes[laneId]!);
  return calls[countUpTo(calls, at)] ?? null;
}

/** The next call of any lane. */
export function laterCall(timeline: Timeline, at: number): number | null {
  return timeline.steps.find(step => step.index > at && step.kind === 'call')?.index ?? null;
}

function callersNext(timeline: Timeline, at: number, laneId: number): number | null {
  let { parent } = timeline.lanes[laneId]!;
  while (parent !== null) {
    const caller = timeline.steps[parent]!.lane;
    const next = nextCall(timeline, at, caller);
    if (next !== null) return next;
    parent = timeline.lanes[caller]!.parent;
  }
  return null;
}
