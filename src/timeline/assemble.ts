import { hash } from 'node:crypto';
import type { Call } from '../providers/call.ts';
import type { SessionReader, ToolRun } from '../sessions/session.ts';
import type { CallReader } from './call-reader.ts';
import type { Draft } from './draft.ts';
import { type LaneDraft, leadTo } from './lanes.ts';
import { outputKey } from './output-key.ts';
import type { CallStep, Lane, Step, Timeline, ToolStep } from './timeline.ts';
import { joinTools, type ToolDraft } from './tool-steps.ts';

/** From drafts to steps: in time order, numbered, with their tools between them. */
export function assemble(
  session: SessionReader,
  drafts: readonly Draft[],
  lanes: readonly LaneDraft[],
  { others, runs }: { readonly others: readonly number[]; readonly runs: readonly ToolRun[] },
  reader: Pick<CallReader, 'read'>,
): Timeline {
  const tools = joinTools(drafts, runs);
  const asked = new Set(tools.map(({ run }) => run));
  const timed = [
    ...drafts.map(draft => ({ at: draft.at, draft, tool: undefined })),
    ...tools.map(tool => ({ at: tool.at, draft: tool.from, tool })),
  ];
  // Stable: a tool asked for in the very millisecond of another call's beginning stands behind it.
  timed.sort((a, b) => a.at - b.at);
  const indexOf = new Map<Draft, number>();
  timed.forEach(({ draft, tool }, index) => {
    if (!tool) indexOf.set(draft, index);
  });
  const steps = timed.map(
    ({ draft, tool }, index): Step =>
      tool ? toolStep(tool, index, indexOf) : callStep(draft, index, reader),
  );
  const members = lanes.map((): number[] => []);
  for (const step of steps) members[step.lane]!.push(step.index);
  return {
    session,
    steps,
    lanes: lanes.map((lane): Lane => {
      const { id, title, persona } = lane;
      const parent = leadTo(lane, lanes);
      return { id, title, persona, steps: members[id]!, parent: parent && indexOf.get(parent)! };
    }),
    others,
    otherRuns: runs.filter(run => run.method === undefined && !asked.has(run)),
  };
}

function callStep(draft: Draft, index: number, reader: Pick<CallReader, 'read'>): CallStep {
  const { attempts, answer, parent } = draft;
  const { call, costUsd, endsAt, ttftMs, label } = answer;
  const last = attempts.at(-1)!;
  const tokens = call.usage?.input ?? null;
  const before = parent?.answer.call.usage?.input ?? null;
  return {
    kind: 'call',
    index,
    lane: draft.lane,
    seq: last.seq,
    attempts,
    at: draft.at,
    latencyMs: Number.isFinite(endsAt) ? endsAt - draft.at : null,
    ttftMs,
    model: call.responseModel ?? draft.model,
    output: call.output,
    usage: call.usage,
    costUsd,
    finishReason: call.finishReason,
    error: call.error,
    context: {
      messages: draft.messages,
      added: draft.context.added,
      tokens,
      growth: tokens === null || before === null ? null : tokens - before,
      history: draft.context.history,
    },
    ...(draft.site === undefined ? {} : { site: draft.site }),
    ...(label === undefined ? {} : { label }),
    key: draft.key,
    keys: {
      request: hash('sha256', [draft.settings, draft.persona, draft.broughtKey].join(), 'base64url'),
      history: draft.historyKey,
      answer: outputKey(call),
    },
    sent: draft.sent,
    repeated: draft.repeated,
    get call(): Call {
      return reader.read(last.seq);
    },
  };
}

function toolStep(tool: ToolDraft, index: number, indexOf: ReadonlyMap<Draft, number>): ToolStep {
  const { call, result, from, to, at, run } = tool;
  return {
    kind: 'tool',
    index,
    lane: from.lane,
    name: call.name,
    call,
    result,
    from: indexOf.get(from)!,
    to: to && indexOf.get(to)!,
    at,
    durationMs: run ? run.durationMs : to ? to.at - at : null,
    timing: run ? 'reported' : 'gap',
    ...(run ? { run } : {}),
  };
}
