import type { Message, ToolResult } from '../providers/call.ts';
import { alignSequences } from '../timeline/align-sequence.ts';
import { outline } from '../timeline/message-outline.ts';
import { type Carried, callsOf, type Listed, listed, sameList, wordsOf } from './messages-list.ts';
import { resultChanges } from './result-changes.ts';

export type Which = 'good' | 'bad';

/**
 * How the messages of two aligned calls differ, without what follows from earlier answers: an answer that is carried
 * along, results of calls that only one run made. `at`: index among the messages of the bad call.
 */
export type HistoryChange =
  /** A user's (or developer's) message has another text. */
  | { readonly kind: 'text'; readonly at: number; readonly good: string; readonly bad: string }
  /** An assistant message that is not what the model had said, in one run at least. */
  | { readonly kind: 'edited'; readonly at: number; readonly good: string; readonly bad: string }
  /** The same tool call came back with something else. */
  | {
      readonly kind: 'result';
      readonly at: number;
      readonly call: string;
      readonly good: ToolResult;
      readonly bad: ToolResult;
    }
  /** The same tool call was made, and its result left out in one run. */
  | {
      readonly kind: 'no-result';
      readonly at: number;
      readonly in: Which;
      readonly call: string;
      readonly result: ToolResult;
    }
  /** The same messages or results in another order. */
  | {
      readonly kind: 'order';
      readonly of: 'results' | 'messages';
      readonly good: string;
      readonly bad: string;
    }
  /** Messages from the beginning dropped, or several replaced by fewer. */
  | {
      readonly kind: 'shortened';
      readonly in: Which;
      readonly lost: readonly Message[];
      readonly gained: readonly Message[];
    }
  | { readonly kind: 'dropped'; readonly in: Which; readonly lost: readonly Message[] }
  /** A message that only one run's agent brought. */
  | { readonly kind: 'brought'; readonly in: Which; readonly message: Message };

/** Dropped already: what each run's own model never said is judged; system messages are compared elsewhere. */
export function historyChanges(good: Carried, bad: Carried): readonly HistoryChange[] {
  const [left, right] = [listed(good), listed(bad)];
  const [keysLeft, keysRight] = [left, right].map(list => list.map(({ key }) => key));
  if (sameList(keysLeft!, keysRight!)) return [];
  if (sameList(keysLeft!.toSorted(), keysRight!.toSorted())) return [movedOf(left, right)];

  const changes: HistoryChange[] = [];
  const lost: Record<Which, Listed[]> = { good: [], bad: [] };
  const gained: Record<Which, Listed[]> = { good: [], bad: [] };
  /** User messages that a run itself had sent otherwise before: part of a summary where others are gone too. */
  const replaced: Record<Which, [Listed, Listed][]> = { good: [], bad: [] };
  const rows = alignSequences(left.map(itemOf), right.map(itemOf));
  for (const [i, j] of rows) {
    const [one, two] = [i === null ? null : left[i]!, j === null ? null : right[j]!];
    const rewrote = one && two ? whoRewrote(one, two, good, bad) : null;
    if (one && two && rewrote) replaced[rewrote].push([one, two]);
    else if (one && two) changes.push(...pairChange(one, two, good, bad));
    else if (one) alone(one, 'good', good, bad);
    else if (two) alone(two, 'bad', bad, good);
  }
  changes.push(...resultChanges(left, right, good, bad));
  for (const side of ['bad', 'good'] as const) {
    const other = side === 'bad' ? left : right;
    for (const [one, two] of replaced[side]) {
      if (lost[side].length === 0) {
        changes.push(...pairChange(one, two, good, bad));
        continue;
      }
      lost[side].push(side === 'bad' ? one : two);
      gained[side].push(side === 'bad' ? two : one);
    }
    const gone = lost[side];
    const came = gained[side];
    if (gone.length === 0) {
      changes.push(...came.map(({ message }) => ({ kind: 'brought', in: side, message }) as const));
      continue;
    }
    const messages = gone.map(({ message }) => message);
    const fromStart = gone.some(one => other.indexOf(one) <= 1) && gone.length < other.length;
    const shortened = came.length > 0 || (fromStart && gone.length > 1);
    changes.push(
      shortened
        ? { kind: 'shortened', in: side, lost: messages, gained: came.map(({ message }) => message) }
        : { kind: 'dropped', in: side, lost: messages },
    );
  }
  return changes;

  function carriedBy(side: Which, { message, text }: Listed): boolean {
    const [list, own] = side === 'good' ? [left, good] : [right, bad];
    const calls = callsOf(message);
    return (
      own.said(message) &&
      list.some(
        one =>
          one.message.role === 'assistant' &&
          (one.text === text || (calls !== '' && callsOf(one.message) === calls)),
      )
    );
  }

  /** A message that only `side` has: the other run dropped it, or this run's agent brought it, or it follows from an answer. */
  function alone(one: Listed, side: Which, own: Carried, other: Carried): void {
    if (one.results.length > 0 && !(other.had?.(one.message) ?? false)) return;
    const otherSide = side === 'good' ? 'bad' : 'good';
    // An answer that both carry, with other things before it.
    if (one.message.role === 'assistant' && carriedBy(otherSide, one)) return;
    if (other.had?.(one.message) || other.said(one.message)) lost[otherSide].push(one);
    else if (own.said(one.message)) return;
    else if (other.had === null && own.had === null && side === 'good') lost.bad.push(one);
    else gained[side].push(one);
  }
}

function itemOf({ message, key, results }: Listed): {
  readonly kind: string;
  readonly keys: readonly string[];
} {
  return { kind: results.length > 0 ? 'results' : message.role, keys: [key, outline(message), ''] };
}

const besideResults = ({ message }: Listed): string =>
  wordsOf({ ...message, parts: message.parts.filter(({ type }) => type !== 'tool_result') });

/** The run that had sent the other run's text before, and sends its own now. */
function whoRewrote(one: Listed, two: Listed, good: Carried, bad: Carried): Which | null {
  if (one.key === two.key || one.message.role !== 'user' || one.results.length + two.results.length > 0)
    return null;
  if (bad.had?.(one.message) && !bad.had(two.message)) return 'bad';
  return good.had?.(two.message) && !good.had(one.message) ? 'good' : null;
}

function pairChange(one: Listed, two: Listed, good: Carried, bad: Carried): readonly HistoryChange[] {
  // An agent that brings a history has in it what a model may have said in one run only.
  if (one.key === two.key || one.text === two.text) return [];
  const at = two.index;
  if (one.results.length > 0 || two.results.length > 0) {
    // Results are compared by their calls; what stands beside them is the agent's own.
    const [was, is] = [good.numbered(besideResults(one)), bad.numbered(besideResults(two))];
    return was === is ? [] : [{ kind: 'text', at, good: was, bad: is }];
  }
  if (one.message.role !== 'assistant') return [{ kind: 'text', at, good: one.text, bad: two.text }];
  // Each carries what its own model had said: the difference is the earlier answer's.
  if (good.said(one.message) && bad.said(two.message)) return [];
  return [{ kind: 'edited', at, good: one.text, bad: two.text }];
}

function movedOf(left: readonly Listed[], right: readonly Listed[]): HistoryChange {
  const moved = left.filter((one, i) => one.key !== right[i]?.key);
  const results = moved.every(one => one.results.length > 0);
  const order = (list: readonly Listed[]): string =>
    list
      .filter((one, i) => (list === left ? right : left)[i]?.key !== one.key)
      .map(({ text }) => text)
      .join('\n');
  return { kind: 'order', of: results ? 'results' : 'messages', good: order(left), bad: order(right) };
}
