import { hash } from 'node:crypto';
import type { Call, Message, Part, ToolResult } from '../providers/call.ts';
import { canonicalJson } from '../tape/canonical-json.ts';
import type { Fingerprint } from '../tape/match-key.ts';
import type { Exchange } from '../wire/exchange.ts';
import { header } from '../wire/headers.ts';
import type { Repeated } from './repeated-messages.ts';
import type { RequestNumbers } from './request-numbers.ts';
import type { Attempt, ContextSize } from './timeline.ts';

/** A call step in the making: what is kept of a call once its messages are let go. */
export interface Draft {
  readonly key: string;
  readonly at: number;
  readonly model: string | null;
  readonly operation: Call['operation'];
  readonly site?: string;
  /** Digests of its messages, system prompts left out, for finding the call that it extends. */
  readonly history: readonly string[];
  /** Which of them the agent brought itself: neither an answer nor a tool's result, which are steps of their own. */
  readonly brought: readonly boolean[];
  /** System prompt and tool names: what makes an agent this agent. */
  readonly persona: string;
  readonly title: string;
  readonly messages: number;
  readonly continues: string | null;
  readonly settings: string;
  attempts: Attempt[];
  answer: DraftAnswer;
  sent: RequestNumbers;
  repeated: Repeated | null;
  /** Set by the lane book. */
  lane: number;
  parent: Draft | null;
  context: Pick<ContextSize, 'added' | 'history'>;
  /** Of the messages it brought, and of all that it carries. */
  broughtKey: string;
  historyKey: string;
  results: readonly ToolResult[];
}

/** What the last attempt gave. */
export interface DraftAnswer {
  readonly call: Pick<Call, 'output' | 'usage' | 'finishReason' | 'error' | 'responseId' | 'responseModel'>;
  readonly costUsd: number | null;
  /** Since the session's start; Infinity for an answer that never ended. */
  readonly endsAt: number;
  readonly ttftMs: number | null;
  readonly label?: NonNullable<Exchange['label']>;
}

const LISTS = ['messages', 'input', 'contents', 'chat_history', 'prompt', 'message'];

export function draftOf(
  exchange: Exchange,
  call: Call,
  print: Fingerprint,
  costUsd: number | null,
  sent: RequestNumbers,
): Draft {
  const digests = print.members.find(member => LISTS.includes(member.name))?.digests ?? [];
  const aligned = digests.length === call.messages.length;
  const turns = aligned
    ? call.messages.flatMap((message, i) =>
        message.role === 'system' ? [] : [{ digest: digests[i]!, brought: isBrought(message) }],
      )
    : digests.map(digest => ({ digest, brought: true }));
  const continues = call.parameters.previous_response_id ?? call.parameters.previous_interaction_id;
  return {
    key: print.key,
    at: exchange.at,
    model: call.responseModel ?? call.requestModel,
    operation: call.operation,
    ...(exchange.site === undefined ? {} : { site: exchange.site }),
    history: turns.map(turn => turn.digest),
    brought: turns.map(turn => turn.brought),
    persona: hash(
      'sha256',
      canonicalJson([call.system, call.tools.map(tool => tool.name).sort()]),
      'base64url',
    ),
    title: titleOf(call),
    messages: call.messages.length,
    continues: typeof continues === 'string' ? continues : null,
    settings: hash(
      'sha256',
      print.members
        .filter(member => !LISTS.includes(member.name) && member.name !== 'previous_response_id')
        .map(member => [member.name, ...member.digests].join(' '))
        .join('\n'),
      'base64url',
    ),
    attempts: [attemptOf(exchange, call)],
    answer: answerOf(exchange, call, costUsd),
    sent,
    repeated: null,
    lane: -1,
    parent: null,
    context: { added: call.messages.length, history: 'start' },
    broughtKey: '',
    historyKey: '',
    results: [],
  };
}

/** Replaces what the last attempt gave by what this one gives; what it cost stays spent. */
export function addAttempt(
  draft: Draft,
  exchange: Exchange,
  call: Call,
  costUsd: number | null,
  sent: RequestNumbers,
): void {
  draft.sent = sent;
  draft.attempts.push(attemptOf(exchange, call));
  const spent = draft.answer.costUsd;
  const total = spent === null || costUsd === null ? (costUsd ?? spent) : spent + costUsd;
  draft.answer = answerOf(exchange, call, total);
}

const RETRIED_STATUS: ReadonlySet<number> = new Set([408, 409, 425, 429]);

/** Whether the SDK says so itself: those of OpenAI and Anthropic count their retries in a header. */
export function isCountedRetry({ request }: Exchange): boolean {
  return Number(header(request.headers, 'x-stainless-retry-count') ?? 0) > 0;
}

/** Whether an exchange asks for `before` again: the same request, once the answer had failed. */
export function isRetryOf(exchange: Exchange, before: Draft): boolean {
  if (exchange.at < before.answer.endsAt) return false;
  const last = before.attempts.at(-1)!;
  if (isCountedRetry(exchange)) return last.error !== null || last.status === null || last.status >= 400;
  return (
    last.status === null ||
    last.status >= 500 ||
    RETRIED_STATUS.has(last.status) ||
    before.answer.endsAt === Number.POSITIVE_INFINITY ||
    (last.error !== null && last.status < 400)
  );
}

function attemptOf({ seq, at, answer }: Exchange, call: Call): Attempt {
  return {
    seq,
    at,
    latencyMs: 'at' in answer.end ? answer.end.at : null,
    status: answer.head?.status ?? null,
    error: call.error,
  };
}

function answerOf({ at, answer, label }: Exchange, call: Call, costUsd: number | null): DraftAnswer {
  const { output, usage, finishReason, error, responseId, responseModel } = call;
  return {
    call: { output, usage, finishReason, error, responseId, responseModel },
    costUsd,
    endsAt: 'at' in answer.end ? at + answer.end.at : Number.POSITIVE_INFINITY,
    ttftMs: call.stream ? (answer.chunks[0]?.at ?? null) : null,
    ...(label === undefined ? {} : { label }),
  };
}

function isBrought({ role, parts }: Message): boolean {
  return role === 'user' && !(parts.length > 0 && parts.every(part => part.type === 'tool_result'));
}

const TITLE = 60;

function titleOf(call: Call): string {
  const first = call.messages.find(message => message.role !== 'system')?.parts ?? [];
  const text = textOf(call.system) || textOf(first);
  const line = text.trim().split('\n', 1)[0] ?? '';
  return line.length > TITLE ? `${line.slice(0, TITLE - 1)}…` : line;
}

function textOf(parts: readonly Part[]): string {
  return parts.map(part => (part.type === 'text' ? part.text : '')).join('');
}
