import type {
  CallDetail,
  ChangeView,
  Cut,
  MessageView,
  PartView,
  ShareView,
  SiteView,
  StepDetail,
  ToolDetail,
  WordView,
} from '../../webview/session/messages.ts';
import type { Call, Message, Part } from '../providers/call.ts';
import { stepBefore, toolsOf } from '../timeline/cursor.ts';
import type { SiteIndex } from '../timeline/site-index.ts';
import { spoken, stepDiff } from '../timeline/step-diff.ts';
import type { CallStep, Step, Timeline, ToolStep } from '../timeline/timeline.ts';
import { troublesOf } from '../timeline/troubles.ts';
import type { WordRun } from '../timeline/word-diff.ts';
import type { SiteFrame } from '../wire/call-site.ts';
import type { Exchange } from '../wire/exchange.ts';

/** Characters of one text that are sent; the read-only document of a step has all of it. */
const TEXT = 100_000;
/** Earlier messages that come with a call's new ones. */
const EARLIER = 4;
/** New messages that come at first. */
const NEW = 60;
const CHUNK_POINTS = 400;

/** What the page shows of a step once it is looked at. */
export function stepDetail(timeline: Timeline, sites: SiteIndex, index: number): StepDetail | null {
  const step = timeline.steps[index];
  if (!step) return null;
  const shared = {
    step: index,
    sites: sites.frames(step).map(siteView),
    troubles: troublesOf(step).map(({ name, message }) => ({ name, message })),
    printed: printedDuring(timeline, step),
  };
  return step.kind === 'call'
    ? { ...shared, ...callDetail(timeline, step) }
    : { ...shared, ...toolDetail(step) };
}

/** Messages `from` up to, but without, `to` of a call. */
export function messageViews(
  timeline: Timeline,
  index: number,
  from: number,
  to: number,
): readonly MessageView[] {
  const step = timeline.steps[index];
  if (step?.kind !== 'call') return [];
  const { messages } = step.call;
  const known = messages.length - step.context.added;
  const names = toolNames(messages);
  const first = Math.max(0, from);
  return messages.slice(first, to).map((message, i) => messageView(named(message, names), first + i, known));
}

/** Vendors name the tool in its call, not in its result. */
function toolNames(messages: readonly Message[]): ReadonlyMap<string, string> {
  const calls = messages.flatMap(({ parts }) =>
    parts.flatMap(part => (part.type === 'tool_call' && part.call.id !== null ? [part.call] : [])),
  );
  return new Map(calls.map(({ id, name }) => [id!, name]));
}

function named(message: Message, names: ReadonlyMap<string, string>): Message {
  const parts = message.parts.map(part =>
    part.type === 'tool_result' && part.result.name === null
      ? { ...part, result: { ...part.result, name: names.get(part.result.id ?? '') ?? null } }
      : part,
  );
  return { ...message, parts };
}

type OwnPart<Detail> = Omit<Detail, 'step' | 'sites' | 'troubles' | 'printed'>;

function callDetail(timeline: Timeline, step: CallStep): OwnPart<CallDetail> {
  const { call } = step;
  const exchange = timeline.session.exchange(step.seq);
  const { request, answer } = exchange;
  const count = call.messages.length;
  const before = stepBefore(timeline, step);
  const previous = before?.kind === 'call' ? before : null;
  const tools = toolsOf(timeline, step).map(({ index }) => index);
  return {
    kind: 'call',
    requestModel: call.requestModel,
    responseModel: call.responseModel,
    url: `${request.method} ${request.scheme}://${request.host}${request.path}`,
    status: answer.head ? `${answer.head.status} ${answer.head.reason}`.trim() : 'no answer',
    finishReason: step.finishReason,
    parameters: Object.entries(call.parameters).map(([name, value]) => [name, cut(json(value)).text]),
    tools: call.tools.map(({ name, description, parameters }) => ({
      name,
      description,
      schema: cut(json(parameters)),
    })),
    system: call.system.map(part => partView(part)),
    messageCount: count,
    messages: messageViews(timeline, step.index, firstShown(step, count), count),
    answer: answerViews(step.output.parts, tools),
    alternatives: step.output.alternatives.map(parts => parts.map(part => partView(part))),
    previous: previous?.index ?? null,
    changes: previous ? changesBetween(previous, step) : [],
    shares: sharesOf(call),
    attempts: step.attempts.map(({ at, latencyMs, status, error }) => ({
      at,
      ms: latencyMs,
      status,
      error: error?.message ?? null,
    })),
    requestHeaders: request.headers,
    answerHeaders: answer.head?.headers ?? [],
    ...chunkPoints(exchange),
    problems: call.problems,
  };
}

function firstShown({ context }: CallStep, count: number): number {
  return Math.max(0, count - Math.min(context.added, NEW) - EARLIER);
}

function toolDetail(step: ToolStep): OwnPart<ToolDetail> {
  const { from, to, timing, call, result, run } = step;
  return {
    kind: 'tool',
    from,
    to,
    timeIsGap: timing === 'gap',
    arguments: cut(argumentsText(call)),
    argumentsAreJson: call.arguments !== undefined,
    result: result ? result.content.map(part => partView(part)) : runResult(run),
    isError: run?.error !== undefined || result?.isError === true,
  };
}

function runResult(run: ToolStep['run']): readonly PartView[] | null {
  if (!run) return null;
  const text = run.error ?? json(run.result ?? null);
  return [{ type: 'text', ...cut(text) }];
}

const argumentsText = (call: ToolStep['call']): string =>
  call.arguments === undefined ? call.argumentsText : json(call.arguments);

const json = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '');

/** Cuts never stand between the halves of one character. */
export function cut(text: string, limit = TEXT): Cut {
  if (text.length <= limit) return { text, left: 0 };
  const end = /[\ud800-\udbff]/.test(text[limit - 1]!) ? limit - 1 : limit;
  return { text: text.slice(0, end), left: text.length - end };
}

function messageView({ role, name, parts }: Message, index: number, known: number): MessageView {
  return {
    index,
    role,
    name: name ?? null,
    isNew: index >= known,
    parts: parts.map(part => partView(part)),
  };
}

/** The answer's tool calls, each with the step that it became. */
function answerViews(parts: readonly Part[], tools: readonly number[]): readonly PartView[] {
  let nth = 0;
  return parts.map(part => partView(part, part.type === 'tool_call' ? tools[nth++] : undefined));
}

function partView(part: Part, step?: number): PartView {
  switch (part.type) {
    case 'text':
    case 'reasoning':
    case 'refusal':
      return { type: part.type, ...cut(part.text) };
    case 'tool_call':
      return {
        type: 'tool_call',
        name: part.call.name,
        body: cut(argumentsText(part.call)),
        json: part.call.arguments !== undefined,
        step: step ?? null,
      };
    case 'tool_result': {
      const { name, isError, content } = part.result;
      return { type: 'tool_result', name, isError, parts: content.map(inner => partView(inner)) };
    }
    case 'other':
      return { type: 'other', kind: part.kind, body: cut(json(part.value), 4000) };
  }
}

/** A history that only grew is not compared: its new messages are shown as new. */
function changesBetween(before: CallStep, after: CallStep): readonly ChangeView[] {
  const grown = after.context.history === 'extended';
  const compared = (call: Call): Call => (grown ? { ...call, messages: [] } : call);
  return changeViews(compared(before.call), compared(after.call));
}

/** What differs between two calls, field by field. */
export function changeViews(before: Call, after: Call): readonly ChangeView[] {
  return stepDiff(before, after).map(change => ({
    section: change.section,
    field: change.field,
    before: change.before === undefined ? null : cut(change.before),
    after: change.after === undefined ? null : cut(change.after),
    words: change.words?.map(wordView) ?? null,
  }));
}

const SAME = 320;

export function wordView({ kind, text }: WordRun): WordView {
  if (kind !== 'same' || text.length <= SAME * 2) return { kind, text };
  return {
    kind,
    text: `${text.slice(0, SAME)}${text.slice(-SAME)}`,
    gap: text.length - SAME * 2,
    gapAt: SAME,
  };
}

function sharesOf(call: Call): readonly ShareView[] {
  const sizes = new Map<ShareView['kind'], number>();
  const add = (kind: ShareView['kind'], characters: number): void => {
    if (characters > 0) sizes.set(kind, (sizes.get(kind) ?? 0) + characters);
  };
  add('system', spoken(call.system).length);
  for (const { raw } of call.tools) add('tools', JSON.stringify(raw)?.length ?? 0);
  for (const { role, parts } of call.messages) {
    for (const part of parts) {
      const size = spoken([part]).length;
      if (part.type === 'tool_result' || role === 'tool') add('tool results', size);
      // System messages are counted above.
      else if (role !== 'system') add(role, size);
    }
  }
  return (['system', 'tools', 'user', 'assistant', 'tool results'] as const).flatMap(kind => {
    const characters = sizes.get(kind);
    return characters === undefined ? [] : [{ kind, characters }];
  });
}

function chunkPoints({ answer }: Exchange): Pick<CallDetail, 'chunks' | 'chunkCount'> {
  const { chunks } = answer;
  const every = Math.ceil(chunks.length / CHUNK_POINTS) || 1;
  const points: { at: number; bytes: number }[] = [];
  chunks.forEach(({ at, bytes }, i) => {
    const last = points.at(-1);
    if (last && i % every !== 0) last.bytes += bytes.length;
    else points.push({ at, bytes: bytes.length });
  });
  return { chunks: points, chunkCount: chunks.length };
}

function printedDuring({ session, steps }: Timeline, step: Step): Cut {
  const until = steps.find(({ index, at }) => index > step.index && at > step.at)?.at ?? Infinity;
  const pieces = session.output.filter(({ at }) => at >= step.at && at < until);
  return cut(Buffer.concat(pieces.map(({ bytes }) => bytes)).toString('utf8'));
}

export function siteView({ file, line, function: name }: SiteFrame): SiteView {
  return { file, shortFile: file.split(/[\\/]/).slice(-2).join('/'), line, function: name };
}
