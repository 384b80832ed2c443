import type { SessionReader } from '../sessions/session.ts';
import { changesSincePrevious } from '../timeline/changes.ts';
import type { Evaluator } from '../timeline/evaluate.ts';
import { exactly, type StepView, withLazy } from '../timeline/step-view.ts';
import type { CallStep, Step, Timeline } from '../timeline/timeline.ts';
import type { Answer, RequestHead } from '../wire/exchange.ts';
import { header, type RawHeaders } from '../wire/headers.ts';
import { plainLine } from './hostile-text.ts';
import { Bytes, Unread } from './values.ts';
import { count, laneName } from './wording.ts';

/**
 * The scopes of a step. Names stay the same from step to step: the editor then shows by itself what changed. `base`: what
 * a child's name follows to make an expression; null where the expression language does not reach.
 */
export interface ScopeContent {
  readonly name: string;
  readonly base: string | null;
  readonly hint?: 'arguments' | 'locals' | 'returnValue';
  readonly expensive: boolean;
  readonly read: () => object;
}

/** `memory`: what references to bytes begin with. */
export function scopesOf(evaluator: Evaluator, step: Step, memory = ''): readonly ScopeContent[] {
  return step.kind === 'call' ? callScopes(evaluator, step, memory) : toolScopes(evaluator, step);
}

function callScopes(evaluator: Evaluator, step: CallStep, memory: string): readonly ScopeContent[] {
  const { timeline } = evaluator;
  const view = evaluator.view(step);
  return [
    scope('Request', 'request', () => withoutBody(view.request as StepView), 'arguments'),
    scope('Response', 'response', () => withoutBody(view.response as StepView), 'returnValue'),
    scope('Changed since previous call', null, () => changesSincePrevious(timeline, step)),
    scope('Usage and cost', '', () => usageAndCost(view, timeline, step)),
    { ...scope('Transport', null, () => transport(timeline, step, view, memory)), expensive: true },
    scope('Session', null, () => sessionFacts(timeline, step)),
  ];
}

/** Bodies as sent are read from the recording: they are shown under Transport only. */
function withoutBody(view: StepView): StepView {
  const names = Object.keys(view).filter(name => name !== 'body');
  return Object.fromEntries(names.map(name => [name, view[name]]));
}

function toolScopes(evaluator: Evaluator, step: Step): readonly ScopeContent[] {
  const view = evaluator.view(step);
  return [
    scope('Tool', 'tool', () => view.tool as object, 'arguments'),
    scope('Session', null, () => sessionFacts(evaluator.timeline, step)),
  ];
}

function scope(
  name: string,
  base: string | null,
  read: () => object,
  hint: ScopeContent['hint'] = 'locals',
): ScopeContent {
  return { name, base, hint, expensive: false, read };
}

function usageAndCost(view: StepView, timeline: Timeline, step: CallStep): StepView {
  const sums = sumsUpTo(timeline, step.index);
  const { usage, cost, latency, ttft, context } = view;
  return { usage, cost, latency, ttft, context, sessionSoFar: sums };
}

const sumsOf = new WeakMap<Timeline, { tokens: Float64Array; dollars: Float64Array; unknown: Int32Array }>();

/** What everything up to and with a step took. */
function sumsUpTo(timeline: Timeline, index: number): StepView {
  let sums = sumsOf.get(timeline);
  if (!sums) {
    const size = timeline.steps.length;
    sums = { tokens: new Float64Array(size), dollars: new Float64Array(size), unknown: new Int32Array(size) };
    let [tokens, dollars, unknown] = [0, 0, 0];
    for (const step of timeline.steps) {
      if (step.kind === 'call') {
        tokens += step.usage ? step.usage.input + step.usage.output : 0;
        dollars += step.costUsd ?? 0;
        if (step.costUsd === null) unknown++;
      }
      sums.tokens[step.index] = tokens;
      sums.dollars[step.index] = dollars;
      sums.unknown[step.index] = unknown;
    }
    sumsOf.set(timeline, sums);
  }
  return {
    tokens: sums.tokens[index],
    cost: exactly(sums.dollars[index]!),
    callsWithoutPrice: sums.unknown[index],
  };
}

function transport(timeline: Timeline, step: CallStep, view: StepView, memory: string): object {
  const { session } = timeline;
  const last = transfer(session, step.seq);
  return {
    ...transferFacts(last, memory),
    requestBody: body(last.request.headers, last.request.bodySize, () => (view.request as StepView).body),
    answerBody: body(
      last.answer.head?.headers ?? [],
      sizeOf(last.answer),
      () => (view.response as StepView).body,
    ),
    answeredBy: step.label ?? 'upstream',
    attempts: step.attempts.map(attempt =>
      attempt.seq === step.seq
        ? { ...attempt }
        : withLazy({ ...attempt }, { exchange: () => transferFacts(transfer(session, attempt.seq), memory) }),
    ),
  };
}

/** An exchange whose request body, which may be megabytes, is unread. */
interface Transfer {
  readonly seq: number;
  readonly request: RequestHead & { readonly bodySize: number };
  readonly answer: Answer;
}

function transfer(session: SessionReader, seq: number): Transfer {
  if (session.requestHead && session.answer) {
    return { seq, request: session.requestHead(seq), answer: session.answer(seq) };
  }
  const { request, answer } = session.exchange(seq);
  return { seq, request: { ...request, bodySize: request.body.length }, answer };
}

const sizeOf = ({ chunks }: Answer): number => chunks.reduce((sum, { bytes }) => sum + bytes.length, 0);

function body(headers: RawHeaders, size: number, read: () => unknown): unknown {
  if (size === 0) return '';
  const type = header(headers, 'content-type')?.split(';', 1)[0]?.trim();
  return new Unread(`${type ? `${plainLine(type)}, ` : ''}${count(size)} bytes`, read);
}

function transferFacts({ seq, request, answer }: Transfer, memory: string): Record<string, unknown> {
  const { method, scheme, host, path, httpVersion, headers, bodySize } = request;
  return {
    exchange: seq,
    url: `${scheme}://${host}${path}`,
    method,
    httpVersion,
    status: answer.head?.status ?? null,
    reason: answer.head?.reason ?? null,
    end: answer.end,
    requestHeaders: headerView(headers),
    requestBytes: new Bytes(`${memory}${seq}:request`, bodySize),
    answerHeaders: headerView(answer.head?.headers ?? []),
    answerBytes: new Bytes(`${memory}${seq}:answer`, sizeOf(answer)),
    headAt: answer.headAt ?? null,
    chunks: answer.chunks.map(({ at, bytes }) =>
      withLazy({ at, size: bytes.length }, { text: () => Buffer.from(bytes).toString('utf8') }),
    ),
  };
}

/** In order; a name that is there twice keeps both. */
function headerView(headers: RawHeaders): object {
  const names = headers.map(([name]) => name.toLowerCase());
  if (new Set(names).size === names.length) return Object.fromEntries(headers);
  return headers.map(([name, value]) => ({ name, value }));
}

function sessionFacts(timeline: Timeline, step: Step): object {
  const { start, exit, sealed, warnings, length } = timeline.session;
  return {
    position: `step ${step.index} of ${timeline.steps.length - 1}`,
    lane: laneName(timeline.lanes[step.lane]!),
    id: start.id,
    name: start.name ?? null,
    mode: start.mode,
    command: start.command,
    cwd: start.cwd,
    git: start.git ?? null,
    environment: start.environment ?? null,
    parent: start.parent ?? null,
    startedAt: new Date(start.startedAt).toISOString(),
    exit: exit ?? null,
    sealed,
    exchanges: length,
    otherExchanges: timeline.others,
    warnings,
  };
}
