/** go-vcr's cassettes: format 1 (v1, v2) and format 2 (v3, v4) of github.com/dnaeon/go-vcr, `pkg/cassette/cassette.go`. */
import type { AnswerHead, Exchange, WireRequest } from '../wire/exchange.ts';
import { asArray, asObject, type JsonObject } from '../wire/json.ts';
import { type ForeignEntries, Notes } from './foreign.ts';
import { bodyBytes } from './foreign-body.ts';
import { headersOfMap } from './foreign-headers.ts';
import { foreignUrl } from './foreign-url.ts';
import { replayableAnswer } from './replayable-answer.ts';

export function isGoVcr(file: unknown): boolean {
  return asArray(asObject(file).interactions).some(entry => 'url' in asObject(asObject(entry).request));
}

export function readGoVcr(file: unknown): ForeignEntries {
  const notes = new Notes();
  const exchanges: Exchange[] = [];
  let at = 0;
  for (const interaction of asArray(asObject(file).interactions)) {
    const request = readRequest(asObject(asObject(interaction).request), notes);
    if (!request) continue;
    const response = asObject(asObject(interaction).response);
    const duration = goDuration(response.duration);
    const answer = replayableAnswer(
      {
        request,
        head: readHead(response),
        body: bodyBytes(response.body) ?? new Uint8Array(),
        headAt: duration,
        endAt: duration,
      },
      notes,
    );
    exchanges.push({ seq: exchanges.length, at, request, answer });
    at += duration + 1;
  }
  return { format: 'go-vcr', exchanges, notes };
}

function readRequest(request: JsonObject, notes: Notes): WireRequest | undefined {
  const url = foreignUrl(String(request.url ?? ''));
  const method = String(request.method || 'GET').toUpperCase();
  const body = bodyBytes(request.body);
  if (!url || !/^[A-Z]+$/.test(method) || !body) {
    notes.add('an interaction without a usable request was left out');
    return undefined;
  }
  return {
    method,
    ...url,
    httpVersion: '1.1',
    headers: headersOfMap(request.headers),
    body: orForm(body, request),
  };
}

/** A form that the handler had parsed was read off the body; go-vcr then keeps it in `form` only. */
function orForm(body: Uint8Array, request: JsonObject): Uint8Array {
  const form = headersOfMap(request.form);
  if (body.length > 0 || form.length === 0) return body;
  return Buffer.from(
    new URLSearchParams(form.map(([name, value]): [string, string] => [name, value])).toString(),
    'utf8',
  );
}

function readHead(response: JsonObject): AnswerHead {
  const line = String(response.status ?? '');
  const code = Number(response.code ?? /^\d{3}/.exec(line)?.[0] ?? 200);
  return {
    status: Number.isInteger(code) && code >= 100 && code <= 999 ? code : 200,
    reason: line.replace(/^\d{3} ?/, '').replace(/[^\t\x20-\x7e]/g, ''),
    headers: headersOfMap(response.headers),
  };
}

/** Milliseconds of Go's `1m2.345s`, or of a number of nanoseconds; 0 for anything else. */
export function goDuration(value: unknown): number {
  if (typeof value === 'number' && value >= 0) return value / 1e6;
  if (typeof value !== 'string' || !/^(\d+(\.\d+)?(ns|us|µs|μs|ms|s|m|h))+$/.test(value)) return 0;
  const units: Readonly<Record<string, number>> = {
    ns: 1e-6,
    us: 1e-3,
    µs: 1e-3,
    μs: 1e-3,
    ms: 1,
    s: 1e3,
    m: 6e4,
    h: 36e5,
  };
  let total = 0;
  for (const [, amount, unit] of value.matchAll(/([\d.]+)(ns|us|µs|μs|ms|s|m|h)/g)) {
    total += Number(amount) * (units[unit!] ?? 0);
  }
  return total;
}
