/** Single lines of a cassette, checked field by field. */
import { RewindError } from '../errors.ts';
import type { AnswerEnd, RequestHead } from '../wire/exchange.ts';
import type { RawHeaders } from '../wire/headers.ts';
import { PART_ARRAYS } from '../wire/json-parts.ts';
import { CASSETTE_VERSION, type PartRef } from './cassette-format.ts';
import { Fields, type Line } from './cassette-lines.ts';
import { isRecord } from './cassette-parts.ts';
import type { JsonStyle } from './json-style.ts';
import type { OutputPiece, SessionExit, SessionStart, ToolRun } from './session.ts';
import type { WebSocketSeen } from './web-sockets.ts';

export function readHeader(line: Line | undefined, id: string): SessionStart {
  const fields = new Fields(line!);
  const version = fields.count('version');
  if (version > CASSETTE_VERSION || version < 1) {
    throw new RewindError(
      'newer-cassette',
      `The cassette has version ${version}, this Rewind reads up to ${CASSETTE_VERSION}`,
      'Update Rewind.',
    );
  }
  const recorded = fields.text('recorded');
  const startedAt = /^\d{4}-\d\d-\d\d$/.test(recorded) ? Date.parse(recorded) : Number.NaN;
  if (Number.isNaN(startedAt)) throw fields.bad('recorded', 'must be a day such as 2026-01-31');
  const name = fields.optionalText('name');
  const extraHosts = fields.texts('extraHosts');
  return {
    id,
    ...(name !== undefined && { name }),
    startedAt,
    command: fields.texts('command'),
    cwd: '',
    mode: 'import',
    scope: fields.oneOf('scope', ['llm', 'all-http']),
    ...(extraHosts.length > 0 && { extraHosts }),
    rewindVersion: '',
  };
}

export function readRequestLine(fields: Fields): Omit<RequestHead, 'headers'> {
  const [, method, scheme, host, path] =
    /^([^\s]+) (https?):\/\/([^\s/]*)(\/[^\r\n]*|\*)$/.exec(fields.text('request')) ?? [];
  if (!method || !path || host === undefined)
    throw fields.bad('request', 'must be such as "POST https://host/path"');
  return {
    method,
    scheme: scheme === 'http' ? 'http' : 'https',
    host,
    path,
    httpVersion: fields.has('http') ? fields.oneOf('http', ['1.0', '2']) : '1.1',
  };
}

export function readHeaders(fields: Fields, key: string, changing: readonly string[]): RawHeaders {
  const list = fields.has(key) ? fields.get(key) : [];
  if (!Array.isArray(list)) throw fields.bad(key, 'must be a list');
  let next = 0;
  const headers = list.map((pair: unknown): readonly [string, string] => {
    const [name, value = changing[next++]] = Array.isArray(pair) ? (pair as readonly unknown[]) : [];
    if (typeof name !== 'string' || typeof value !== 'string') {
      throw fields.bad(key, 'must hold [name, value], or [name] and a changing value');
    }
    return [name, value];
  });
  return headers;
}

/** Lists of parts, by their place in the body. */
export function listsIn(body: unknown): readonly (readonly [place: string, list: readonly PartRef[]])[] {
  if (!isRecord(body)) return [];
  const places: (readonly [string, unknown])[] = Array.isArray(body.pieces)
    ? body.pieces.map((piece: unknown, i) => [String(i), piece])
    : Object.entries(isRecord(body.json) ? body.json : {}).flatMap(([key, value]) =>
        PART_ARRAYS.has(key) && isPartList(value) ? [[key, value.parts] as const] : [],
      );
  return places.flatMap(([place, list]) => (isRefs(list) ? [[place, list] as const] : []));
}

export function isPartList(value: unknown): value is { readonly parts: readonly unknown[] } {
  return isRecord(value) && Object.keys(value).length === 1 && Array.isArray(value.parts);
}

function isRefs(list: unknown): list is readonly PartRef[] {
  return (
    Array.isArray(list) &&
    list.every(
      (ref: unknown, i) =>
        typeof ref === 'string' || (i === 0 && isRecord(ref) && isIndex(ref.of) && isIndex(ref.first)),
    )
  );
}

const isIndex = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0;

export function readEnd(answer: Fields, at: number): AnswerEnd {
  const kind = answer.has('end')
    ? answer.oneOf('end', ['reset', 'closed', 'client-gone', 'unfinished'])
    : 'complete';
  if (kind === 'complete') return { kind, at, trailers: readHeaders(answer, 'trailers', []) };
  if (kind === 'reset' || kind === 'closed')
    return { kind, at, message: answer.optionalText('message') ?? '' };
  return kind === 'unfinished' ? { kind } : { kind, at };
}

export function readOutput(fields: Fields): OutputPiece {
  const stream = fields.oneOf('output', ['stdout', 'stderr']);
  const bytes = fields.has('base64')
    ? Buffer.from(fields.text('base64'), 'base64')
    : Buffer.from(fields.text('text'));
  return { at: 0, stream, bytes };
}

export function readTool(fields: Fields): ToolRun {
  const tool = fields.get('tool');
  if (!isRecord(tool) || typeof tool.name !== 'string') throw fields.bad('tool', 'must have a name');
  return { at: 0, durationMs: 0, ...tool } as ToolRun;
}

export function readWebSocket(fields: Fields): WebSocketSeen {
  const url = fields.text('webSocket');
  if (!/^wss?:\/\/\S+$/.test(url)) throw fields.bad('webSocket', 'must be such as "wss://host/path"');
  return { at: 0, url, passed: !fields.has('refused') };
}

export function readExit(fields: Fields): Omit<SessionExit, 'at'> {
  const exit = fields.get('exit');
  const { code, signal } = isRecord(exit) ? exit : {};
  if ((code !== null && !Number.isInteger(code)) || (signal !== null && typeof signal !== 'string')) {
    throw fields.bad('exit', 'must have a code and a signal');
  }
  return { code: code as number | null, signal: signal as string | null };
}

export function readTimes(fields: Fields | undefined): {
  readonly output: readonly number[];
  readonly tools: readonly number[];
  readonly webSockets: readonly number[];
  readonly exit: number;
} {
  const times = fields?.get('times');
  if (!fields || !isRecord(times)) return { output: [], tools: [], webSockets: [], exit: 0 };
  const inner = new Fields({ number: 0, fields: times });
  return {
    output: inner.times('output'),
    tools: inner.times('tools'),
    webSockets: inner.times('webSockets'),
    exit: inner.optionalTime('exit') ?? 0,
  };
}

/** A message of an event stream, where the line is one. */
export function readMessage(fields: Fields): void {
  if (!fields.has('message')) return;
  if (!isHeadersForm(fields.get('message')))
    throw fields.bad('message', 'must be a type or a list of headers');
  const coded = fields.has('coded') ? fields.get('coded') : {};
  if (!isRecord(coded) || !Object.values(coded).every(isStyle)) throw fields.bad('coded', 'must give styles');
}

const isHeadersForm = (headers: unknown): boolean =>
  typeof headers === 'string' ||
  (Array.isArray(headers) &&
    headers.every(
      (pair: unknown) =>
        Array.isArray(pair) &&
        pair.length === 2 &&
        typeof pair[0] === 'string' &&
        (typeof pair[1] === 'string' || isRecord(pair[1])),
    ));

/** Styles are taken from a hostile file: `indent` and `tail` could blow a body up. */
export function readStyle(fields: Fields): void {
  if (fields.has('style') && !isStyle(fields.get('style'))) throw fields.bad('style', 'is not one');
}

export function isStyle(style: unknown): style is JsonStyle {
  if (!isRecord(style)) return false;
  const {
    colon = ' ',
    comma = ' ',
    indent = 1,
    pad = 1,
    escape: how = 'ascii',
    tail = '',
    numbers = [],
  } = style;
  return (
    colon === ' ' &&
    comma === ' ' &&
    isIndex(indent) &&
    (indent as number) <= 10 &&
    isIndex(pad) &&
    (pad as number) <= 65536 &&
    (how === 'ascii' || how === 'html') &&
    typeof tail === 'string' &&
    /^\s*$/.test(tail) &&
    Array.isArray(numbers) &&
    numbers.every(isNumberForm)
  );
}

const isNumberForm = (pair: unknown): boolean =>
  Array.isArray(pair) && isIndex(pair[0]) && typeof pair[1] === 'string' && /^-?\d[\d.eE+-]*$/.test(pair[1]);
