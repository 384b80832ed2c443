import { RewindError } from '../errors.ts';
import { type AnswerPlace, editAnswer } from '../providers/editing/edit-answer.ts';
import { type Path, valueAt, withValueAt } from '../providers/editing/json-place.ts';
import type { SessionReader } from '../sessions/session.ts';
import { withBody } from '../tape/conversation.ts';
import type { RequestEdit } from '../tape/edited-requests.ts';
import type { Fork } from '../tape/fork.ts';
import type { Answer, Exchange } from '../wire/exchange.ts';
import { isObject, type Json, parseJson } from '../wire/json.ts';
import { parseExpression, type Segment } from './expression.ts';
import { requestBody, requestPlace, resultPlace } from './request-place.ts';
import type { CallStep, Step, Timeline, ToolStep } from './timeline.ts';

/** A value of a recorded step, changed: what a fork does differently. */
export interface StepEdit {
  /** As the user names it: `response.text`. */
  readonly place: string;
  /** Index of the step that was edited, and the call that is changed by it: of a tool's result, the one that carries it. */
  readonly step: number;
  readonly call: CallStep;
  readonly change:
    | { readonly kind: 'answer'; readonly at: AnswerPlace }
    | { readonly kind: 'request'; readonly path: Path };
  readonly value: Json;
}

/** Gives an exchange as earlier edits left it. */
export type ExchangeNow = (seq: number) => Exchange;

/**
 * Reads an edit: a place in the words of the expression language (`response.text`, `response.toolCalls[0].arguments.city`,
 * `request.messages[-1].content`, `request.parameters.temperature`, `tool.result`) and a value: JSON, or a text as it is where
 * that is no JSON. Throws RewindError `not-editable` or `bad-expression`.
 */
export function stepEdit(
  timeline: Timeline,
  step: Step,
  place: string,
  text: string,
  now: ExchangeNow = seq => timeline.session.exchange(seq),
): StepEdit {
  const [root, ...path] = pathOf(place);
  const value = readValue(text);
  const [call, change] =
    step.kind === 'tool'
      ? toolChange(timeline, step, root, path, now)
      : callChange(step, root, path, value, now);
  const read = { place, step: step.index, call, change, value };
  const edit = { ...read, value: fitting(read, text, now(call.seq)) };
  // Refused here rather than when it is too late.
  editedExchange(now(call.seq), edit);
  return edit;
}

/** Whether the name of a place is one that `stepEdit` takes; what stands there may still refuse. */
export function isEditable(step: Step, place: string): boolean {
  if (step.kind === 'tool')
    return /^tool\.(arguments\b|name$)/.test(place) || (place === 'tool.result' && step.result !== null);
  if (/^response\./.test(place))
    return (
      step.error === null &&
      /^response\.(text$|finishReason$|toolCalls(\[\d+\](\.name$|\.arguments\b)|$))/.test(place)
    );
  return /^request\.(model$|system$|messages\[\d+\]\.(content$|toolResults\[\d+\]\.content$)|(parameters|tools|body)[.[])/.test(
    place,
  );
}

/** An exchange with an edit in it. Throws RewindError `not-editable` where it cannot hold it. */
export function editedExchange(exchange: Exchange, { change, value }: StepEdit): Exchange {
  if (change.kind === 'answer') return { ...exchange, answer: editAnswer(exchange, change.at, value) };
  const body = withValueAt(requestBody(exchange), change.path, value);
  return { ...exchange, request: withBody(exchange.request, JSON.stringify(body)) };
}

/** Edits that a recording was made with. */
export type EarlierEdits = Pick<Fork, 'carried' | 'requests'>;

export const NO_EDITS: EarlierEdits = { carried: [], requests: [] };

/** What a run with these edits is answered by; without any, what was recorded up to the step. */
export function forkOf(
  session: SessionReader,
  step: CallStep,
  edits: readonly StepEdit[],
  earlier = NO_EDITS,
): Fork {
  const now = new Map<number, Exchange>();
  const answers = new Map<number, Answer>();
  const requests: RequestEdit[] = [...earlier.requests];
  for (const { call, change, value, ...edit } of edits) {
    const { seq } = call;
    const before = now.get(seq) ?? session.exchange(seq);
    const after = editedExchange(before, { call, change, value, ...edit });
    now.set(seq, after);
    if (change.kind === 'answer') {
      answers.set(seq, after.answer);
      continue;
    }
    const { request } = before;
    const { path } = change;
    requests.push({
      session,
      seq,
      request,
      path,
      before: valueAt(requestBody(before), path),
      after: value,
    });
  }
  const carried = [...answers].map(([seq, answer]) => ({ session, seq, answer }));
  return {
    session,
    step: step.index,
    seq: step.seq,
    answers,
    carried: [...earlier.carried, ...carried.sort((a, b) => a.seq - b.seq)],
    requests,
  };
}

type Change = readonly [call: CallStep, change: StepEdit['change']];

function callChange(
  step: CallStep,
  root: string | number | undefined,
  path: Path,
  value: Json,
  now: ExchangeNow,
): Change {
  if (root === 'response') return [step, { kind: 'answer', at: answerPlace(path, step, value) }];
  if (root === 'request') return [step, { kind: 'request', path: requestPlace(now(step.seq), path) }];
  throw refused('Of a call, its request and its response can be edited');
}

function toolChange(
  { steps }: Timeline,
  { call, from, to, result }: ToolStep,
  root: string | number | undefined,
  [part, ...rest]: Path,
  now: ExchangeNow,
): Change {
  const asking = steps[from] as CallStep;
  const calls = asking.output.parts.flatMap(one => (one.type === 'tool_call' ? [one.call] : []));
  const nth = calls.findIndex(
    one => one.id === call.id && one.name === call.name && one.argumentsText === call.argumentsText,
  );
  if (root === 'tool' && part === 'name' && rest.length === 0)
    return [asking, { kind: 'answer', at: { kind: 'tool-name', call: nth } }];
  if (root === 'tool' && part === 'arguments')
    return [asking, { kind: 'answer', at: { kind: 'tool-arguments', call: nth, path: rest } }];
  if (root !== 'tool' || part !== 'result' || rest.length > 0)
    throw refused('Of a tool step, its name, arguments and result can be edited');
  if (to === null || !result) throw refused('No request carries the result of this tool');
  const carrying = steps[to] as CallStep;
  return [carrying, { kind: 'request', path: resultPlace(now(carrying.seq), result) }];
}

function answerPlace([part, nth, inner, ...rest]: Path, { output }: CallStep, value: Json): AnswerPlace {
  if (part === 'text' && nth === undefined) return { kind: 'text' };
  if (part === 'finishReason' && nth === undefined) return { kind: 'finish-reason' };
  if (part === 'toolCalls' && nth === undefined) {
    if (Array.isArray(value) && value.length === 0) return { kind: 'no-tool-calls' };
    throw refused(
      'Tool calls are removed (set them to []) or edited one by one',
      'Edit response.toolCalls[0].arguments.',
    );
  }
  const count = output.parts.filter(({ type }) => type === 'tool_call').length;
  if (part === 'toolCalls' && typeof nth === 'number') {
    const call = nth < 0 ? count + nth : nth;
    if (call < 0 || call >= count) throw refused(`This answer has no tool call ${nth}`);
    if (inner === 'name' && rest.length === 0) return { kind: 'tool-name', call };
    if (inner === 'arguments') return { kind: 'tool-arguments', call, path: rest };
  }
  throw refused('Of a response, its text, finish reason and tool calls can be edited');
}

/** A text stays a text, even where it could be read as JSON, and an object an object. */
function fitting({ place, change, value }: StepEdit, text: string, exchange: Exchange): Json {
  const before = change.kind === 'request' ? valueAt(requestBody(exchange), change.path) : undefined;
  const isText =
    change.kind === 'request'
      ? typeof before === 'string'
      : ['text', 'finish-reason', 'tool-name'].includes(change.at.kind);
  if (isText && typeof value !== 'string') return text.trim();
  if (isObject(before) && !isObject(value)) throw refused(`${place} is an object`, 'Write it as JSON.');
  return value;
}

/** JSON, or the text itself. */
function readValue(text: string): Json {
  const json = parseJson(text);
  return json.ok ? json.value : text;
}

/** The plain path that an expression is. */
function pathOf(place: string): Path {
  const expression = parseExpression(place);
  if (expression.kind !== 'path' || expression.of.kind !== 'view' || 'of' in expression.of)
    throw refused(`${place} is no place in a step`, 'Write response.text, for example.');
  return expression.segments.map(keyOf);
}

function keyOf(segment: Segment): string | number {
  if (segment.kind === 'name') return segment.name;
  if (segment.kind === 'index') return segment.index;
  throw refused('An edit is made in one place', 'Write response.toolCalls[0].arguments, for example.');
}

function refused(message: string, hint = ''): RewindError {
  return new RewindError('not-editable', message, hint);
}
