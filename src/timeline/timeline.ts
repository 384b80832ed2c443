import type { Call, ToolCall, ToolResult, Usage } from '../providers/call.ts';
import { PRICES, type PriceTable } from '../providers/prices.ts';
import { wholeExchanges } from '../sessions/reader.ts';
import type { SessionReader, ToolRun } from '../sessions/session.ts';
import type { AnswerLabel } from '../wire/exchange.ts';
import { CallReader } from './call-reader.ts';
import { keepSteps, keptSteps } from './kept-steps.ts';
import type { Repeated } from './repeated-messages.ts';
import type { RequestNumbers } from './request-numbers.ts';
import { TimelineBuilder } from './timeline-builder.ts';

/** A session as steps in time and lanes side by side. Calls are read from the session when they are looked at. */
export interface Timeline {
  readonly session: SessionReader;
  /** In the order of their beginning; a tool step stands behind the call that asked for it. */
  readonly steps: readonly Step[];
  readonly lanes: readonly Lane[];
  /** `seq` of exchanges that are no calls to a model (`--all-http`). */
  readonly others: readonly number[];
  /** Runs of tools that no model asked for: the code called them itself. */
  readonly otherRuns: readonly ToolRun[];
}

export type Step = CallStep | ToolStep;

/** A request to a model and what came back, its failed attempts included. Times are milliseconds. */
export interface CallStep {
  readonly kind: 'call';
  /** Position in `Timeline.steps`. */
  readonly index: number;
  readonly lane: number;
  /** `seq` of the exchange that counts: the last attempt's. */
  readonly seq: number;
  /** All attempts in order; the last is the one that counts. */
  readonly attempts: readonly Attempt[];
  /** Since the session's start: the first attempt's request. */
  readonly at: number;
  /** From the first attempt's request to the last byte; null for a recording that broke off. */
  readonly latencyMs: number | null;
  /** From the last attempt's request to its first body byte; null for answers that are no stream. */
  readonly ttftMs: number | null;
  readonly model: string | null;
  readonly output: Call['output'];
  readonly usage: Usage | null;
  /** US dollars, all attempts; null where no price or no usage is known. */
  readonly costUsd: number | null;
  readonly finishReason: string | null;
  readonly error: Call['error'];
  readonly context: ContextSize;
  readonly site?: string;
  readonly label?: AnswerLabel;
  /** The match key of its request. */
  readonly key: string;
  /** What alignment compares: equal keys, equal contents. */
  readonly keys: CallKeys;
  /** What it was sent, for comparing it with the session's other calls unread. */
  readonly sent: RequestNumbers;
  /** What it has in common with the lane's call before, known unread; null where nothing is. */
  readonly repeated: Repeated | null;
  /** The whole call: read anew from the session, the last few kept. */
  readonly call: Call;
}

export interface CallKeys {
  /**
   * What the agent brought to this call: settings, tools, system prompt and new messages; not the answers and tool
   * results it carries, which are steps of their own.
   */
  readonly request: string;
  /** The messages it carries, old and new. */
  readonly history: string;
  /** Words, tool calls, finish reason or error; no ids. */
  readonly answer: string;
}

export interface Attempt {
  readonly seq: number;
  readonly at: number;
  readonly latencyMs: number | null;
  /** Null where no head came. */
  readonly status: number | null;
  readonly error: Call['error'];
}

/** How much a call was sent, and how much more than the call before it in its lane. */
export interface ContextSize {
  readonly messages: number;
  /** Messages that the lane's call before did not have; all of them where the history was rewritten. */
  readonly added: number;
  /** Input tokens; null where the provider did not say. */
  readonly tokens: number | null;
  /** Input tokens more (or fewer) than the lane's call before; null without one. */
  readonly growth: number | null;
  /** `rewritten`: an earlier part of the history was summarised or dropped. */
  readonly history: 'start' | 'extended' | 'rewritten';
}

/** A tool call that a model made, joined to the result that a later request carried. */
export interface ToolStep {
  readonly kind: 'tool';
  readonly index: number;
  readonly lane: number;
  readonly name: string;
  readonly call: ToolCall;
  /** Null where no later request carried one. */
  readonly result: ToolResult | null;
  /** Index of the call step that asked, and of the one that carried the result. */
  readonly from: number;
  readonly to: number | null;
  /** Since the session's start. */
  readonly at: number;
  readonly durationMs: number | null;
  /** `reported`: by an SDK helper; `gap`: the time between the two calls, all tools and the agent's own work in it. */
  readonly timing: 'reported' | 'gap';
  readonly run?: ToolRun;
}

/** One conversation: calls whose message lists extend each other. */
export interface Lane {
  readonly id: number;
  /** The first words of its system prompt, or else of its first message; may be empty. */
  readonly title: string;
  /** Indices of its steps. */
  readonly steps: readonly number[];
  /** The call step during or after which it began: of a sub-agent, the call that led to it; null at the start. */
  readonly parent: number | null;
  /** What its calls share: system prompt and tools. Equal for agents of one kind. */
  readonly persona: string;
}

export interface TimelineOptions {
  /** The built-in prices unless given. */
  readonly prices?: PriceTable;
}

/** Reads a session's steps and lanes. Damaged exchanges are left out; the session's warnings name them. */
export function timelineOf(session: SessionReader, options: TimelineOptions = {}): Timeline {
  const { prices = PRICES } = options;
  const kept = keptSteps(session, prices, new CallReader(session));
  if (kept) return kept;
  const builder = new TimelineBuilder(session, options);
  for (const exchange of wholeExchanges(session)) builder.take(exchange);
  const timeline = builder.timeline();
  keepSteps(timeline, prices);
  return timeline;
}
