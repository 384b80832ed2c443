import { editableAnswer, withPieces } from '../../providers/editing/editable-answer.ts';
import { at, edited, withAt } from '../../providers/editing/shape.ts';
import type { ToolRun } from '../../sessions/session.ts';
import type { ToolOutcome } from '../../tape/tool.ts';
import { decodeBody } from '../../wire/content-coding.ts';
import { type Answer, answerBody, type Exchange } from '../../wire/exchange.ts';
import { header, withoutHeaders } from '../../wire/headers.ts';
import { asArray, asObject, asString, type Json, type JsonObject, parseJson } from '../../wire/json.ts';
import { isHarmless } from '../effects.ts';
import type { Fault, Target } from '../operator.ts';
import { whole } from './error-fault.ts';

/**
 * What a tool's service answered: a plain HTTP answer, or an MCP server's to `tools/call` (JSON-RPC, alone or in a stream of
 * events, https://modelcontextprotocol.io/specification/2025-06-18/server/tools). Recorded with `--all-http` only.
 */
export interface ToolOutput {
  /** Parsed where it is JSON, else its text. */
  readonly value: Json;
  /** The request changes something, as far as its method or its tool's name tells. */
  readonly writes: boolean;
  /** The same tool's other answers that differ, in the order of their requests. */
  readonly others: readonly OtherOutput[];
}

export interface OtherOutput {
  readonly exchange: Exchange;
  readonly value: Json;
  /** Asked for before this one had come, and the other way round. */
  readonly together: boolean;
}

/** What becomes of it. `failure`: in the service's own way, with this status over HTTP. */
export type ToolChange =
  /** `instead`: the tool itself does not run. */
  | { readonly value: Json; readonly instead?: true }
  | { readonly text: string }
  | { readonly failure: { readonly status: number; readonly reason: string; readonly message: string } }
  | 'hang';

/** Null for calls to models, for JSON-RPC that calls no tool, and for what is no good answer. */
export function toolOutput({ call, exchange, siblings, run }: Target): ToolOutput | null {
  if (call) return null;
  if (run) return runOutput(run);
  const read = readOutput(exchange);
  if (!read) return null;
  const { method } = exchange.request;
  const own = JSON.stringify(read.value);
  return {
    value: read.value,
    writes: read.rpc ? !isHarmless(read.rpc.name) : !/^(get|head|options)$/i.test(method),
    others: siblings.flatMap(sibling => {
      const other = readOutput(sibling);
      if (!other || other.rpc?.name !== read.rpc?.name || JSON.stringify(other.value) === own) return [];
      return [{ exchange: sibling, value: other.value, together: overlap(exchange, sibling) }];
    }),
  };
}

/** The operator's one fault; none where the target is no tool's answer. */
export function toolFault(
  target: Target,
  change: (output: ToolOutput) => ToolChange | null,
  detail: string,
  more: Partial<Pick<Fault, 'failure' | 'canary'>> = {},
): readonly Fault[] {
  const output = toolOutput(target);
  const changed = output && change(output);
  if (!changed) return [];
  const { run } = target;
  const answer = changed === 'hang' ? changed : run ? runAnswer(changed) : changedAnswer(target, changed);
  const tool = run ? { tool: { outcome: runOutcome(run, changed), runs: runsAllTheSame(changed) } } : {};
  return [{ answer, times: 'always', lost: false, detail, ...more, ...tool }];
}

/** A tool inside the agent: most give JSON as a text. */
function runOutput({ name, result, error, method }: ToolRun): ToolOutput | null {
  if (error !== undefined || method !== undefined) return null;
  const value = typeof result === 'string' ? parsed(result) : (result as Json | undefined);
  return { value: value ?? null, writes: !isHarmless(name), others: [] };
}

function runOutcome({ result }: ToolRun, change: ToolChange): ToolOutcome | 'hang' {
  if (change === 'hang') return change;
  if ('failure' in change) {
    const error = { type: 'RuntimeError', message: change.failure.message };
    return { kind: 'error', error, durationMs: 0, label: 'FAULT' };
  }
  const value = 'text' in change ? change.text : change.value;
  const asText = typeof result === 'string' && typeof value !== 'string';
  return { kind: 'result', value: asText ? JSON.stringify(value) : value, durationMs: 0, label: 'FAULT' };
}

/** One that fails, or only says that it did it, does nothing; of all others only the answer is broken. */
const runsAllTheSame = (change: ToolChange): boolean =>
  change === 'hang' || 'text' in change || ('value' in change && !change.instead);

/** What the agent gets to see, for the report. */
function runAnswer(change: Exclude<ToolChange, 'hang'>): Answer {
  const text =
    'failure' in change
      ? change.failure.message
      : 'text' in change
        ? change.text
        : JSON.stringify(change.value);
  return withBody({ status: 200, reason: 'OK', headers: [] }, text);
}

interface Read {
  readonly value: Json;
  /** Where the text stands: the piece with the JSON-RPC answer. */
  readonly rpc: { readonly piece: number; readonly name: string } | null;
}

function readOutput({ request, answer }: Exchange, body = bodyOf(answer)): Read | null {
  if ((answer.head?.status ?? 500) >= 300 || answer.end.kind !== 'complete' || body === null) return null;
  const asked = parseJson(request.body);
  const rpc = asked.ok ? asObject(asked.value) : {};
  if (rpc.jsonrpc === '2.0' && typeof rpc.method === 'string') {
    if (rpc.method !== 'tools/call') return null;
    const piece = dataLines(body).findIndex(value => at(value, ['result', 'content']) !== undefined);
    if (piece < 0) return null;
    const text = textOf(at(dataLines(body)[piece], ['result', 'content']));
    return { value: parsed(text), rpc: { piece, name: asString(asObject(rpc.params).name) ?? '' } };
  }
  return body === '' ? null : { value: parsed(body), rpc: null };
}

function changedAnswer(target: Target, change: Exclude<ToolChange, 'hang'>): Answer {
  const { exchange, body } = target;
  const rpc = readOutput(exchange)?.rpc;
  if (rpc && body) {
    const failed = 'failure' in change;
    const text = failed
      ? change.failure.message
      : 'text' in change
        ? change.text
        : typeof change.value === 'string'
          ? change.value
          : JSON.stringify(change.value);
    const pieces = body.pieces.map((piece, i) => {
      if (i !== rpc.piece) return piece;
      const { structuredContent, ...result } = asObject(at(piece.value, ['result']));
      const structured =
        structuredContent === undefined || failed || 'text' in change || !isRecord(change.value)
          ? {}
          : { structuredContent: change.value };
      const next: JsonObject = {
        ...result,
        ...structured,
        content: [{ type: 'text', text }],
        ...(failed ? { isError: true } : {}),
      };
      return edited(piece, withAt(piece.value, ['result'], next));
    });
    return withPieces(body, pieces);
  }
  const head = exchange.answer.head!;
  if ('failure' in change) {
    const { status, reason, message } = change.failure;
    return withBody({ status, reason, headers: [['content-type', 'application/json']] }, errorBody(message));
  }
  const text =
    'text' in change
      ? change.text
      : typeof change.value === 'string'
        ? change.value
        : JSON.stringify(change.value);
  return withBody(head, text);
}

/** The answer of another exchange with the same tool, with another value in it. */
export function otherAnswer(target: Target, exchange: Exchange, value: Json): Answer {
  return changedAnswer({ ...target, exchange, body: editableAnswer(exchange.answer) }, { value });
}

function overlap(a: Exchange, b: Exchange): boolean {
  const end = ({ at, answer }: Exchange): number => at + ('at' in answer.end ? answer.end.at : 0);
  return a.at < end(b) && b.at < end(a);
}

const errorBody = (message: string): string => JSON.stringify({ error: message });

function withBody(head: NonNullable<Answer['head']>, text: string): Answer {
  const bytes = Buffer.from(text);
  const dropped = new Set(['content-length', 'content-encoding', 'transfer-encoding', 'etag', 'content-md5']);
  const headers = [
    ...withoutHeaders(head.headers, dropped),
    ['content-length', String(bytes.length)] as const,
  ];
  return whole({ ...head, headers }, bytes);
}

function bodyOf(answer: Answer): string | null {
  const coding = answer.head && header(answer.head.headers, 'content-encoding');
  const { bytes, problem } = decodeBody(answerBody(answer), coding);
  if (problem) return null;
  const text = Buffer.from(bytes);
  return text.includes(0) ? null : text.toString('utf8');
}

/** JSON values of a JSON body or of an event stream's events, in the order of an `EditableAnswer`'s pieces. */
function dataLines(body: string): readonly Json[] {
  const json = parseJson(body);
  if (json.ok) return [json.value];
  return body.split(/\r?\n\r?\n/).flatMap(event => {
    const data = event
      .split(/\r?\n/)
      .flatMap(line => (line.startsWith('data:') ? [line.slice(5).trimStart()] : []));
    return data.length === 0 ? [] : [parsed(data.join('\n'))];
  });
}

function textOf(content: Json | undefined): string {
  return asArray(content)
    .flatMap(part => asString(asObject(part).text) ?? [])
    .join('\n');
}

function parsed(text: string): Json {
  const json = parseJson(text);
  return json.ok ? json.value : text;
}

const isRecord = (value: Json): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
