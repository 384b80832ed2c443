/** HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/), as browsers and proxies write it. */
import type { AnswerHead, Exchange, WireRequest } from '../wire/exchange.ts';
import { asArray, asObject, type JsonObject } from '../wire/json.ts';
import { type Attachments, noAttachments } from './attachments.ts';
import { type ForeignEntries, Notes } from './foreign.ts';
import { headersOfList } from './foreign-headers.ts';
import { foreignUrl } from './foreign-url.ts';
import { replayableAnswer } from './replayable-answer.ts';

export function isHar(file: unknown): boolean {
  return Array.isArray(asObject(asObject(file).log).entries);
}

/** `attachments`: the files that `_file` names (Playwright, with `content: 'attach'`). */
export function readHar(file: unknown, attachments: Attachments = noAttachments): ForeignEntries {
  const notes = new Notes();
  const attached = (holder: JsonObject): Uint8Array | undefined => {
    if (typeof holder._file !== 'string') return undefined;
    const bytes = attachments(holder._file);
    if (!bytes) notes.add('a body is in a file that is not beside the HAR; it is empty');
    return bytes ?? new Uint8Array();
  };
  const entries = asArray(asObject(asObject(file).log).entries)
    .map(entry => asObject(entry))
    .map(entry => ({ entry, started: Date.parse(String(entry.startedDateTime ?? '')) }));
  const known = entries.map(({ started }) => started).filter(started => !Number.isNaN(started));
  const startedAt = known.length > 0 ? known.reduce((a, b) => Math.min(a, b)) : null;
  // Proxies write entries as they end; a session counts by arrival.
  const sorted =
    known.length === entries.length ? [...entries].sort((a, b) => a.started - b.started) : entries;
  const exchanges: Exchange[] = [];
  for (const { entry, started } of sorted) {
    const request = readRequest(asObject(entry.request), attached, notes);
    if (!request) continue;
    const seq = exchanges.length;
    const at = Number.isNaN(started) || startedAt === null ? seq : started - startedAt;
    exchanges.push({ seq, at, request, answer: readAnswer(entry, request, attached, notes) });
  }
  return { format: 'har', exchanges, notes, startedAt };
}

/** The bytes of the file that a body stands in, where it does. */
type Attached = (holder: JsonObject) => Uint8Array | undefined;

function readRequest(request: JsonObject, attached: Attached, notes: Notes): WireRequest | undefined {
  const url = foreignUrl(String(request.url ?? ''));
  const method = String(request.method ?? '').toUpperCase();
  if (!url || !/^[A-Z]+$/.test(method) || method === 'CONNECT') {
    notes.add('an entry that is no http(s) request was left out');
    return undefined;
  }
  const headers = headersOfList(request.headers);
  if (headers.some(([name, value]) => name.toLowerCase() === 'upgrade' && /websocket/i.test(value))) {
    notes.add('a WebSocket was left out');
    return undefined;
  }
  return {
    method,
    ...url,
    httpVersion: httpVersion(request.httpVersion),
    headers,
    body: attached(asObject(request.postData)) ?? postData(request),
  };
}

function postData(request: JsonObject): Uint8Array {
  const { text, encoding, params } = asObject(request.postData);
  // `encoding` is not in the standard; several proxies write it as for answers.
  if (typeof text === 'string' && (text !== '' || !Array.isArray(params))) {
    return Buffer.from(text, encoding === 'base64' ? 'base64' : 'utf8');
  }
  const pairs = asArray(params).map((param): [string, string] => {
    const { name, value } = asObject(param);
    return [String(name ?? ''), String(value ?? '')];
  });
  return Buffer.from(new URLSearchParams(pairs).toString(), 'utf8');
}

function readAnswer(
  entry: JsonObject,
  request: WireRequest,
  attached: Attached,
  notes: Notes,
): Exchange['answer'] {
  const response = asObject(entry.response);
  const { endAt, headAt } = timesOf(entry);
  const status = Number(response.status);
  if (!Number.isInteger(status) || status < 100 || status > 999) {
    notes.add('an entry without an answer is kept as a broken connection');
    return { chunks: [], end: { kind: 'reset', at: endAt, message: 'no answer in the HAR' } };
  }
  const head: AnswerHead = {
    status,
    reason: String(response.statusText ?? '').replace(/[^\t\x20-\x7e]/g, ''),
    headers: headersOfList(response.headers),
  };
  const content = asObject(response.content);
  const body = attached(content) ?? contentText(content);
  if (!body && Number(content.size) > 0) notes.add('an answer has no body in the HAR; it is replayed empty');
  return replayableAnswer({ request, head, body: body ?? new Uint8Array(), headAt, endAt }, notes);
}

function contentText({ text, encoding }: JsonObject): Uint8Array | undefined {
  if (typeof text !== 'string') return undefined;
  return Buffer.from(text, encoding === 'base64' ? 'base64' : 'utf8');
}

/** `time` and `timings` are milliseconds; -1 means that a phase does not apply. */
function timesOf(entry: JsonObject): { readonly headAt: number; readonly endAt: number } {
  const timings = asObject(entry.timings);
  const phase = (name: string) => Math.max(0, Number(timings[name]) || 0);
  const headAt = phase('blocked') + phase('dns') + phase('connect') + phase('send') + phase('wait');
  const endAt = Math.max(headAt + phase('receive'), Number(entry.time) || 0);
  return { headAt: Math.min(headAt, endAt), endAt };
}

function httpVersion(text: unknown): WireRequest['httpVersion'] {
  const version = String(text ?? '').toLowerCase();
  if (/^(h2|h3|http\/[23])/.test(version)) return '2';
  return version === 'http/1.0' ? '1.0' : '1.1';
}
