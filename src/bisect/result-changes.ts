import type { ToolCall, ToolResult } from '../providers/call.ts';
import { spoken } from '../timeline/step-diff.ts';
import { callText } from './answer.ts';
import type { HistoryChange, Which } from './history.ts';
import { type Carried, type Listed, sameList } from './messages-list.ts';

interface Answered {
  readonly at: number;
  readonly call: string;
  readonly result: ToolResult;
}

/** Results by the call that they answer: calls with equal arguments pair in order. */
export function resultChanges(
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
    if (good.numbered(resultText(one.result)) !== bad.numbered(resultText(two!.result))) {
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
