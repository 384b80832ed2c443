import type { Message, Part, ToolCall, ToolResult } from '../providers/call.ts';
import { alignSequences } from '../timeline/align-sequence.ts';
import { spoken } from '../timeline/step-diff.ts';
import { callText } from './answer.ts';

/** A run's messages at a call, and what this run itself had said and carried before. */
export interface Carried {
  readonly messages: readonly Message[];
  /** Whether the run's own model said all of a message. */
  readonly said: (message: Message) => boolean;
  /** Whether the conversation had a message before this call; null where it has no call before. */
  readonly had: ((message: Message) => boolean) | null;
  /** The tool call of a result whose call is not in the list: the provider keeps the history. */
  readonly callOf: (id: string | null) => ToolCall | null;
}

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

  /** A message that only `side` has: the other run dropped it, or this run's agent brought it, or it follows from an answer. */
  function alone(one: Listed, side: Which, own: Carried, other: Carried): void {
    if (one.results.length > 0 && !(other.had?.(one.message) ?? false)) return;
    const otherSide = side === 'good' ? 'bad' : 'good';
    if (other.had?.(one.message) || other.said(one.message)) lost[otherSide].push(one);
    else if (own.said(one.message)) return;
    else if (other.had === null && own.had === null && side === 'good') lost.bad.push(one);
    else gained[side].push(one);
  }
}

interface Listed {
  readonly index: number;
  readonly message: Message;
  readonly text: string;
  /** What is compared: the text, or, for what the run's own model had said, only that it did. */
  readonly key: string;
  readonly results: readonly ToolResult[];
}

function listed(carried: Carried): readonly Listed[] {
  let answers = 0;
  return turnsOf(carried.messages).flatMap(({ message, index }) => {
    const text = wordsOf(message);
    const results = message.parts.flatMap(part => (part.type === 'tool_result' ? [part.result] : []));
    if (text.trim() === '' && results.length === 0) return [];
    const key =
      message.role === 'assistant' && carried.said(message) ? `said ${answers++} ${callsOf(message)}` : text;
    return [{ index, message, text, key, results }];
  });
}

/** One answer is several messages where the vendor lists its text and its tool calls one by one. */
function turnsOf(
  messages: readonly Message[],
): readonly { readonly message: Message; readonly index: number }[] {
  const turns: { message: Message; index: number }[] = [];
  messages.forEach((message, index) => {
    const last = turns.at(-1);
    if (message.role === 'system') return;
    if (message.role !== 'assistant' || last?.message.role !== 'assistant') turns.push({ message, index });
    else last.message = { ...last.message, parts: [...last.message.parts, ...message.parts] };
  });
  return turns;
}

const callsOf = ({ parts }: Message): string =>
  parts.map(part => (part.type === 'tool_call' ? callText(part.call) : '')).join('');

const HIDDEN = /reason|think|thought|redacted/i;

/** A message's words without reasoning, which carries signatures and is no part of what was said. */
export function wordsOf({ parts }: Message): string {
  return spoken(parts.filter(isOpen)).trim();
}

export function isOpen(part: Part): boolean {
  return part.type !== 'reasoning' && !(part.type === 'other' && HIDDEN.test(part.kind));
}

function itemOf({ message, key, results }: Listed): {
  readonly kind: string;
  readonly keys: readonly string[];
} {
  const shape = message.parts
    .map(part =>
      part.type === 'tool_call'
        ? part.call.name
        : part.type === 'tool_result'
          ? (part.result.name ?? '')
          : part.type,
    )
    .join();
  return { kind: results.length > 0 ? 'results' : message.role, keys: [key, shape, ''] };
}

/** The run that had sent the other run's text before, and sends its own now. */
function whoRewrote(one: Listed, two: Listed, good: Carried, bad: Carried): Which | null {
  if (one.key === two.key || one.message.role !== 'user' || one.results.length + two.results.length > 0)
    return null;
  if (bad.had?.(one.message) && !bad.had(two.message)) return 'bad';
  return good.had?.(two.message) && !good.had(one.message) ? 'good' : null;
}

function pairChange(one: Listed, two: Listed, good: Carried, bad: Carried): readonly HistoryChange[] {
  if (one.key === two.key || one.results.length > 0 || two.results.length > 0) return [];
  const at = two.index;
  if (one.message.role !== 'assistant') return [{ kind: 'text', at, good: one.text, bad: two.text }];
  // Each carries what its own model had said: the difference is the earlier answer's.
  if (good.said(one.message) && bad.said(two.message)) return [];
  return [{ kind: 'edited', at, good: one.text, bad: two.text }];
}

interface Answered {
  readonly at: number;
  readonly call: string;
  readonly result: ToolResult;
}

/** Results by the call that they answer: calls with equal arguments pair in order. */
function resultChanges(
  left: readonly Listed[],
  right: readonly Listed[],
  good: Carried,
  bad: Carried,
): readonly HistoryChange[] {
  const [answeredGood, answeredBad] = [answeredIn(left, good), answeredIn(right, bad)];
  const free = [...answeredBad];
  const changes: HistoryChange[] = [];
  const unmatched: Answered[] = [];
  for (const one of answeredGood) {
    const found = free.findIndex(two => two.call === one.call);
    if (found < 0) {
      unmatched.push(one);
      continue;
    }
    const [two] = free.splice(found, 1);
    if (resultText(one.result) !== resultText(two!.result)) {
      changes.push({ kind: 'result', at: two!.at, call: one.call, good: one.result, bad: two!.result });
    }
  }
  const [orderGood, orderBad] = [answeredGood, answeredBad].map(list => list.map(({ call }) => call));
  const swapped = !sameList(orderGood!, orderBad!) && sameList(orderGood!.toSorted(), orderBad!.toSorted());
  // Where the model called them in another order, their results only follow.
  if (swapped && sameList(callsMade(left), callsMade(right))) {
    changes.push({ kind: 'order', of: 'results', good: orderGood!.join('\n'), bad: orderBad!.join('\n') });
  }
  const missing = (side: Which, { at, call, result }: Answered, own: readonly Listed[]): void => {
    if (callsMade(own).includes(call)) changes.push({ kind: 'no-result', at, in: side, call, result });
  };
  for (const one of unmatched) missing('bad', one, right);
  for (const two of free) missing('good', two, left);
  return changes;
}

function answeredIn(list: readonly Listed[], carried: Carried): readonly Answered[] {
  const calls = new Map<string, ToolCall>();
  /** Older Gemini gives no ids: results come in the order of the calls of their name, right behind them. */
  let unnamed: ToolCall[] = [];
  return list.flatMap(({ index, message, results }) => {
    const made = message.parts.flatMap(part => (part.type === 'tool_call' ? [part.call] : []));
    for (const call of made) if (call.id !== null) calls.set(call.id, call);
    if (made.length > 0) unnamed = made.filter(({ id }) => id === null);
    return results.map(result => {
      const known = result.id === null ? undefined : calls.get(result.id);
      const call = known ?? carried.callOf(result.id) ?? takeNamed(unnamed, result.name);
      return { at: index, call: call ? callText(call) : `${result.name ?? 'a tool'}(…)`, result };
    });
  });
}

function takeNamed(calls: ToolCall[], name: string | null): ToolCall | null {
  const at = calls.findIndex(call => !name || call.name === name);
  return at < 0 ? null : calls.splice(at, 1)[0]!;
}

function callsMade(list: readonly Listed[]): readonly string[] {
  return list.flatMap(({ message }) =>
    message.parts.flatMap(part => (part.type === 'tool_call' ? [callText(part.call)] : [])),
  );
}

export function resultText({ content, isError }: ToolResult): string {
  return `${isError ? 'error: ' : ''}${spoken(content)}`;
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

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}
