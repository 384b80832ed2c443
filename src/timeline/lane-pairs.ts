import { hash } from 'node:crypto';
import { alignSequences, type Item } from './align-sequence.ts';
import { spoken } from './step-diff.ts';
import type { Lane, Timeline } from './timeline.ts';

/** Two lanes that compare with each other, by id; null where only one session has it. */
export interface LanePair {
  readonly a: number | null;
  readonly b: number | null;
}

/**
 * Pairs lanes as a multiset, the surest first: the same steps, the same beginning, the same words at the beginning
 * whatever the settings or even the agent, the same kind of agent in the order in which they began; the two first lanes, whatever they are;
 * and the rest in order. Where one session had a conversation again from its beginning, the first time is the one that counts.
 * Lanes of `a` in order, then what only `b` has.
 */
export function pairLanes(
  a: Timeline,
  b: Timeline,
  itemsA: readonly Item[],
  itemsB: readonly Item[],
): readonly LanePair[] {
  const partner = new Map<number, number>();
  const free = new Set(b.lanes);
  const pair = (one: Lane, two: Lane): void => {
    partner.set(one.id, two.id);
    free.delete(two);
  };
  for (const level of [wholeKey, beginningKey, taskKey, openingKey, agentKey]) {
    const byKey = new Map<string, Lane[]>();
    for (const lane of [...free].toReversed()) {
      const key = level(lane, b, itemsB);
      if (key === null) continue;
      const lanes = byKey.get(key);
      if (lanes) lanes.push(lane);
      else byKey.set(key, [lane]);
    }
    for (const lane of a.lanes) {
      if (partner.has(lane.id)) continue;
      const key = level(lane, a, itemsA);
      const match = key === null ? undefined : byKey.get(key)?.pop();
      if (match) pair(lane, match);
    }
  }
  const [firstA, firstB] = [a.lanes[0], b.lanes[0]];
  if (firstA && firstB && !partner.has(firstA.id) && free.has(firstB)) pair(firstA, firstB);
  // Agents that changed: what is left pairs in the order in which they began, those with one title first.
  const left = a.lanes.filter(({ id }) => !partner.has(id));
  const rest = [...free];
  for (const [i, j] of alignSequences(left.map(itemOf), rest.map(itemOf))) {
    if (i !== null && j !== null) pair(left[i]!, rest[j]!);
  }
  firstTimes({ ...a, items: itemsA }, { ...b, items: itemsB }, partner);
  const paired = new Set(partner.values());
  return [
    ...a.lanes.map(({ id }) => ({ a: id, b: partner.get(id) ?? null })),
    ...b.lanes.filter(({ id }) => !paired.has(id)).map(({ id }) => ({ a: null, b: id })),
  ];
}

type Side = Pick<Timeline, 'lanes' | 'steps'> & { readonly items: readonly Item[] };

/**
 * An agent that gives up on an answer and begins anew says the same twice, and its second time may be just what the other session
 * did. What went wrong is in the first: where it was asked what the other was asked, and answered otherwise.
 */
function firstTimes(a: Side, b: Side, partner: Map<number, number>): void {
  const byB = new Map([...partner].map(([one, two]) => [two, one]));
  for (const [later, earlier] of earlierTimes(b, byB, a)) moveKey(byB, later, earlier);
  partner.clear();
  for (const [two, one] of byB) partner.set(one, two);
  for (const [later, earlier] of earlierTimes(a, partner, b)) moveKey(partner, later, earlier);
}

function moveKey(map: Map<number, number>, from: number, to: number): void {
  map.set(to, map.get(from)!);
  map.delete(from);
}

/** Of paired lanes, in order: each with a lane that asked the same first, was over before it began, and has no partner by then. */
function earlierTimes(
  side: Side,
  paired: ReadonlyMap<number, number>,
  other: Side,
): readonly (readonly [later: number, earlier: number])[] {
  const free = new Map<string, Lane[]>();
  const moves: [number, number][] = [];
  for (const lane of side.lanes) {
    const first = side.steps[lane.steps[0]!]!;
    if (first.kind !== 'call') continue;
    const same = free.get(first.keys.request) ?? [];
    free.set(first.keys.request, same);
    const partner = paired.get(lane.id);
    const [earlier] = same;
    if (partner === undefined) same.push(lane);
    else if (
      earlier &&
      earlier.steps.at(-1)! < lane.steps[0]! &&
      isAnsweredOtherwise(earlier, side, other.lanes[partner]!, other)
    ) {
      moves.push([lane.id, earlier.id]);
      same.shift();
      same.push(lane);
    }
  }
  return moves;
}

function isAnsweredOtherwise(lane: Lane, side: Side, other: Lane, otherSide: Side): boolean {
  const exact = new Set(other.steps.map(index => otherSide.items[index]!.keys[0]));
  const asked = new Set(other.steps.map(index => otherSide.items[index]!.keys[1]));
  return lane.steps.some(index => {
    const { kind, keys } = side.items[index]!;
    return kind === 'call' && asked.has(keys[1]!) && !exact.has(keys[0]!);
  });
}

/** Null: nothing to pair by. */
type LaneKey = (lane: Lane, timeline: Timeline, items: readonly Item[]) => string | null;

const wholeKey: LaneKey = (lane, _timeline, items) =>
  hash('sha256', lane.steps.map(index => items[index]!.keys[0]).join(), 'base64url');

const beginningKey: LaneKey = (lane, { steps }) => {
  const first = steps[lane.steps[0]!]!;
  return first.kind === 'call' ? first.keys.request : '';
};

const openingKey: LaneKey = (lane, { steps }) => {
  const first = steps[lane.steps[0]!]!;
  if (first.kind !== 'call') return null;
  const asked = first.call.messages.filter(({ role }) => role !== 'system').map(({ parts }) => spoken(parts));
  return asked.join('').trim() === '' ? null : hash('sha256', asked.join('\n'), 'base64url');
};

const taskKey: LaneKey = (lane, timeline, items) => {
  const opening = openingKey(lane, timeline, items);
  return opening === null ? null : `${lane.persona} ${opening}`;
};

const agentKey: LaneKey = lane => lane.persona;

const itemOf = ({ title, steps }: Lane): Item => ({ kind: 'lane', keys: [title, `${steps.length}`, ''] });
