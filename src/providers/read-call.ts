/** From an exchange to a call: finds the dialect, unframes both bodies, lets the dialect read them. */
import type { Exchange, RequestHead } from '../wire/exchange.ts';
import { header } from '../wire/headers.ts';
import { isObject, type JsonObject, parseJson } from '../wire/json.ts';
import { type AnswerBody, plainBody, readAnswerBody } from './answer-body.ts';
import type { Call, CallError, DialectId } from './call.ts';
import { httpError } from './call-error.ts';
import { type AnswerReading, type Dialect, NO_ANSWER, type RequestReading, type Target } from './dialect.ts';
import { DIALECTS } from './dialects.ts';
import { providerOf } from './hosts.ts';

/** The dialect that a request's head announces; null for anything but a call to a model. */
export function dialectFor(head: RequestHead, extraHosts: readonly string[] = []): DialectId | null {
  return announced(head, targetOf(head, extraHosts))[0]?.id ?? null;
}

/** Whether a request is a call to a model, by its head alone. */
export function isLlmRequest(head: RequestHead, extraHosts: readonly string[] = []): boolean {
  return dialectFor(head, extraHosts) !== null;
}

/**
 * Reads an exchange as a call; null where it is none. Never throws, whatever the bytes: what cannot be read is said in
 * `problems`. `extraHosts`: as in `hosts.ts`.
 */
export function readCall(exchange: Exchange, extraHosts: readonly string[] = []): Call | null {
  const { request, answer } = exchange;
  const read = readRequest(request, extraHosts);
  if (!read) return null;
  const { reader, target, body, problems } = read;
  const answered = readAnswerBody(answer);
  problems.push(...answered.problems);
  if (answered.framing === 'text' && answered.problems.length === 0 && (answer.head?.status ?? 0) < 400) {
    problems.push('the answer is not JSON');
  }
  const { error: stated, ...reading } = readWith(
    reader,
    answered,
    body ?? {},
    target,
    answer.head?.status ?? 0,
  );
  return {
    ...asked(read),
    ...reading,
    error: callError(exchange, answered, stated),
    problems: [...problems, ...(reading.problems ?? []), ...endProblems(exchange)],
  };
}

/** What a call asked for, its answer unread; null where it is none. */
export type Asked = Pick<Call, 'dialect' | 'provider'> & RequestReading;

/** As `readCall`, of the request alone. */
export function readAsked(request: Exchange['request'], extraHosts: readonly string[] = []): Asked | null {
  const read = readRequest(request, extraHosts);
  return read && asked(read);
}

function asked({ reader, target, body }: ReadRequest): Asked {
  return { dialect: reader.id, provider: target.provider, ...reader.request(body ?? {}, target) };
}

interface ReadRequest {
  readonly reader: Dialect;
  readonly target: Target;
  readonly body: JsonObject | undefined;
  readonly problems: string[];
}

function readRequest(request: Exchange['request'], extraHosts: readonly string[]): ReadRequest | null {
  const target = targetOf(request, extraHosts);
  const candidates = announced(request, target);
  if (candidates.length === 0) return null;
  const problems: string[] = [];
  const body = requestBody(request, problems);
  const fitting = candidates.find(({ fits }) => body && fits(body, target));
  // A path like /api/chat is anyone's: without a body of the right shape, only the host makes it a call.
  const reader = fitting ?? candidates.find(({ id }) => target.spoken.includes(id));
  if (!reader) return null;
  if (!fitting && body) problems.push(`the request has not the shape of ${reader.id}`);
  return { reader, target, body, problems };
}

function targetOf(head: RequestHead, extraHosts: readonly string[]): Target {
  const mark = head.path.indexOf('?');
  const path = mark === -1 ? head.path : head.path.slice(0, mark);
  const query = new URLSearchParams(mark === -1 ? '' : head.path.slice(mark + 1));
  const provider = providerOf(head.host, path, extraHosts);
  return { provider: provider?.id ?? 'unknown', spoken: provider?.dialects ?? [], path, query };
}

/** The dialects that the provider is known to speak come first. */
function announced(head: RequestHead, target: Target): readonly Dialect[] {
  if (head.method !== 'POST') return [];
  const matching = DIALECTS.filter(dialect => dialect.matches(target));
  const foreign = ({ id }: Dialect): number => Number(!target.spoken.includes(id));
  return matching.length > 1 ? matching.toSorted((a, b) => foreign(a) - foreign(b)) : matching;
}

function requestBody(request: Exchange['request'], problems: string[]): JsonObject | undefined {
  const plain = plainBody(request.body, header(request.headers, 'content-encoding'));
  const json = parseJson(plain.bytes);
  if (json.ok && isObject(json.value)) return json.value;
  problems.push(plain.problem ?? `the request is ${json.ok ? 'not a JSON object' : json.problem}`);
  return undefined;
}

/** An error's body is no answer: only its error is read. */
function readWith(
  dialect: Dialect,
  answered: AnswerBody,
  body: JsonObject,
  target: Target,
  status: number,
): AnswerReading {
  if (status >= 400 || status === 0) return NO_ANSWER;
  return dialect.answer(answered, body, target);
}

function callError(
  { answer }: Exchange,
  answered: AnswerBody,
  stated: AnswerReading['error'],
): CallError | null {
  const { head, end } = answer;
  if (!head) {
    const message =
      end.kind === 'reset' || end.kind === 'closed'
        ? end.message
        : end.kind === 'client-gone'
          ? 'the client hung up'
          : 'no answer';
    return { status: 0, type: end.kind, message };
  }
  if (head.status < 400) return stated && { status: head.status, ...stated };
  const values = answered.values.map(({ value }) => value);
  const said = httpError(values, answered.text, header(head.headers, 'x-amzn-errortype'));
  return {
    status: head.status,
    ...said,
    message: said.message || `HTTP ${head.status} ${head.reason}`.trim(),
  };
}

function endProblems({ answer }: Exchange): string[] {
  if (!answer.head || answer.end.kind === 'complete') return [];
  if (answer.end.kind === 'reset' || answer.end.kind === 'closed')
    return [`the answer was cut: ${answer.end.message}`];
  return [
    answer.end.kind === 'client-gone'
      ? 'the client hung up before the answer ended'
      : 'the answer was cut: the recording ends',
  ];
}
