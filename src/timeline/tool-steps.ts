import { isDeepStrictEqual } from 'node:util';
import type { ToolCall, ToolResult } from '../providers/call.ts';
import type { ToolRun } from '../sessions/session.ts';
import type { Draft } from './draft.ts';

/** A tool step in the making. */
export interface ToolDraft {
  readonly call: ToolCall;
  readonly result: ToolResult | null;
  readonly from: Draft;
  readonly to: Draft | null;
  readonly at: number;
  readonly run?: ToolRun;
}

/** How many calls further down the conversation a result is looked for: agents answer at once, or after a few turns. */
const REACH = 4;

/**
 * Joins each tool call to its result: by id among the messages that the next calls of its conversation added; where
 * the vendor gives no ids, the first result of its name that no other call took.
 */
export function joinTools(drafts: readonly Draft[], runs: readonly ToolRun[]): readonly ToolDraft[] {
  const children = new Map<Draft, Draft[]>();
  for (const draft of drafts) {
    if (!draft.parent) continue;
    const siblings = children.get(draft.parent);
    if (siblings) siblings.push(draft);
    else children.set(draft.parent, [draft]);
  }
  const taken = new Set<ToolResult>();
  // The log has them in the order of their end; parallel ones with equal arguments go by their beginning.
  const freeRuns = new Set(runs.toSorted((a, b) => a.at - b.at));
  return drafts.flatMap(from =>
    callsOf(from).map((call): ToolDraft => {
      const found = findResult(from, call, children, taken);
      if (found) taken.add(found.result);
      const at = Number.isFinite(from.answer.endsAt) ? from.answer.endsAt : from.at;
      const run = findRun(call, at, found?.to.at ?? Number.POSITIVE_INFINITY, freeRuns);
      if (run) freeRuns.delete(run);
      return {
        call,
        result: found?.result ?? null,
        from,
        to: found?.to ?? null,
        at: run ? Math.max(at, run.at) : at,
        ...(run ? { run } : {}),
      };
    }),
  );
}

function callsOf({ answer }: Draft): readonly ToolCall[] {
  return answer.call.output.parts.flatMap(part => (part.type === 'tool_call' ? [part.call] : []));
}

function findResult(
  from: Draft,
  call: ToolCall,
  children: ReadonlyMap<Draft, readonly Draft[]>,
  taken: ReadonlySet<ToolResult>,
): { readonly result: ToolResult; readonly to: Draft } | null {
  let generation = children.get(from) ?? [];
  for (let depth = 0; depth < REACH && generation.length > 0; depth++) {
    for (const to of generation) {
      const result = to.results.find(candidate => !taken.has(candidate) && answers(candidate, call));
      if (result) return { result, to };
    }
    generation = generation.flatMap(draft => children.get(draft) ?? []);
  }
  return null;
}

function answers(result: ToolResult, call: ToolCall): boolean {
  if (call.id !== null && result.id !== null) return call.id === result.id;
  return result.name === null || result.name === call.name;
}

/**
 * What an SDK helper reported: by id, else by name in the time between the two calls; of several (parallel calls) the
 * one with the call's own arguments.
 */
function findRun(call: ToolCall, from: number, to: number, runs: ReadonlySet<ToolRun>): ToolRun | null {
  let first: ToolRun | null = null;
  let alike: ToolRun | null = null;
  for (const run of runs) {
    if (run.method !== undefined) continue;
    if (run.callId !== undefined && call.id !== null) {
      if (run.callId === call.id) return run;
    } else if (run.name === call.name && run.at >= from && run.at <= to) {
      first ??= run;
      if (!alike && isDeepStrictEqual(run.arguments, call.arguments)) alike = run;
    }
  }
  return alike ?? first;
}
