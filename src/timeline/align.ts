import { hash } from 'node:crypto';
import type { SessionReader } from '../sessions/session.ts';
import { canonicalJson } from '../tape/canonical-json.ts';
import { alignSequences, type Item, type Row } from './align-sequence.ts';
import { type LanePair, pairLanes } from './lane-pairs.ts';
import { type Step, type Timeline, timelineOf } from './timeline.ts';

/**
 * One line of two sessions side by side; `a` and `b` are step indices.
 * - `same`: the step and everything before it in its conversation.
 * - `echo`: the step itself is the same; what it carries from before is not.
 * - `changed`: it differs, and `where` says whose move it was: in what the agent brought (a tool: its arguments), in what
 *   came back, or in both. `carries`: what it carries from before differs as well.
 */
export type AlignedRow =
  | { readonly kind: 'same' | 'echo'; readonly a: number; readonly b: number }
  | {
      readonly kind: 'changed';
      readonly a: number;
      readonly b: number;
      readonly where: Where;
      readonly carries: boolean;
    }
  | { readonly kind: 'removed'; readonly a: number }
  | { readonly kind: 'added'; readonly b: number };

export type Where = 'request' | 'answer' | 'both';

export interface Alignment {
  readonly a: Timeline;
  readonly b: Timeline;
  /** In the order of `a`; what only `b` has stands behind what came before it there. */
  readonly rows: readonly AlignedRow[];
  readonly lanes: readonly LanePair[];
  /** Index of the first row that is neither `same` nor `echo`; null where the sessions are alike. */
  readonly firstDifference: number | null;
}

/** Aligns two sessions step by step. */
export function alignSessions(a: SessionReader, b: SessionReader): Alignment {
  return alignTimelines(timelineOf(a), timelineOf(b));
}

/**
 * Conversations are paired first, so that agents that ran side by side compare each with its own, in whatever order
 * they came; then the steps of each pair.
 */
export function alignTimelines(a: Timeline, b: Timeline): Alignment {
  const keysA = a.steps.map(itemOf);
  const keysB = b.steps.map(itemOf);
  const lanes = pairLanes(a, b, keysA, keysB);
  const rows = lanes.flatMap(({ a: laneA, b: laneB }) => {
    const stepsA = laneA === null ? [] : orderedSteps(a, laneA, keysA);
    const stepsB = laneB === null ? [] : orderedSteps(b, laneB, keysB);
    const aligned = alignSequences(
      stepsA.map(index => keysA[index]!),
      stepsB.map(index => keysB[index]!),
    );
    return aligned.map(([i, j]): Row => [i === null ? null : stepsA[i]!, j === null ? null : stepsB[j]!]);
  });
  const ordered = inOrder(rows, b.steps.length).map(row => describe(row, a, b));
  const first = ordered.findIndex(row => row.kind !== 'same' && row.kind !== 'echo');
  return { a, b, rows: ordered, lanes, firstDifference: first < 0 ? null : first };
}

/** Exact: all of the step. Then what it was asked. Then what it did. Then what sort of thing it did. */
function itemOf(step: Step): Item {
  if (step.kind === 'tool') {
    const { name, call, result } = step;
    const asked = canonicalJson([name, call.arguments ?? call.argumentsText]);
    const given = canonicalJson(result && [result.content, result.isError]);
    return { kind: 'tool', keys: [digest(asked + given), digest(asked), digest(asked), name] };
  }
  const { keys, output, finishReason, error } = step;
  const tools = output.parts.map(part => (part.type === 'tool_call' ? part.call.name : part.type));
  return {
    kind: 'call',
    keys: [
      digest(keys.request + keys.answer),
      digest(keys.request + keys.history),
      keys.answer,
      [...tools, finishReason, error?.type].join(),
    ],
  };
}

/**
 * A lane's steps, the tools of one call in an order of their own: parallel tools end in any order, so they compare as a
 * multiset.
 */
function orderedSteps(timeline: Timeline, lane: number, items: readonly Item[]): readonly number[] {
  const { steps } = timeline;
  const callOf = (index: number): number => {
    const step = steps[index]!;
    return step.kind === 'tool' ? step.from : index;
  };
  const rank = (index: number): string => items[index]!.keys.toReversed().join(' ');
  return timeline.lanes[lane]!.steps.toSorted((x, y) => {
    const byCall = callOf(x) - callOf(y);
    if (byCall !== 0) return byCall;
    if (x === callOf(x) || y === callOf(y)) return x === callOf(x) ? -1 : 1;
    return rank(x) < rank(y) ? -1 : rank(x) > rank(y) ? 1 : x - y;
  });
}

/** Rows in the order of `a`; a row of `b` alone behind the pair that is next before it in `b`. */
function inOrder(rows: readonly Row[], lengthB: number): readonly Row[] {
  const partner = new Int32Array(lengthB).fill(-1);
  for (const [i, j] of rows) if (i !== null && j !== null) partner[j] = i;
  for (let j = 1; j < lengthB; j++) if (partner[j] === -1) partner[j] = partner[j - 1]!;
  const place = ([i, j]: Row): number => i ?? partner[j!]!;
  return rows.toSorted(
    (x, y) =>
      place(x) - place(y) || (x[0] === null ? 1 : 0) - (y[0] === null ? 1 : 0) || (x[1] ?? 0) - (y[1] ?? 0),
  );
}

function describe([i, j]: Row, a: Timeline, b: Timeline): AlignedRow {
  if (j === null) return { kind: 'removed', a: i! };
  if (i === null) return { kind: 'added', b: j };
  const [one, two] = [a.steps[i]!, b.steps[j]!];
  const [request, answer, history] = differs(one, two);
  if (request || answer) {
    const where = request && answer ? 'both' : request ? 'request' : 'answer';
    return { kind: 'changed', a: i, b: j, where, carries: history };
  }
  return { kind: history ? 'echo' : 'same', a: i, b: j };
}

function differs(one: Step, two: Step): readonly [request: boolean, answer: boolean, history: boolean] {
  if (one.kind === 'call' && two.kind === 'call') {
    const { keys } = one;
    return [
      keys.request !== two.keys.request,
      keys.answer !== two.keys.answer,
      keys.history !== two.keys.history,
    ];
  }
  const [x, y] = [itemOf(one).keys, itemOf(two).keys];
  const request = x[1] !== y[1];
  const result = (step: Step): string =>
    step.kind === 'tool' ? canonicalJson(step.result?.content ?? null) : '';
  return [request, result(one) !== result(two), false];
}

function digest(text: string): string {
  return hash('sha256', text, 'base64url');
}
