/**
 * vcrpy's cassettes (format version 1), YAML or JSON: github.com/kevin1024/vcrpy, `vcr/serialize.py` and the stubs, whose
 * httpx one kept `content` and `status_code` until 6.0.
 */
import type { AnswerHead, Exchange, WireRequest } from '../wire/exchange.ts';
import { asArray, asObject, type JsonObject } from '../wire/json.ts';
import { type ForeignEntries, Notes } from './foreign.ts';
import { bodyBytes, parsedBody } from './foreign-body.ts';
import { headersOfMap } from './foreign-headers.ts';
import { foreignUrl } from './foreign-url.ts';
import { replayableAnswer } from './replayable-answer.ts';

export function isVcrpy(file: unknown): boolean {
  return asArray(asObject(file).interactions).some(entry => 'uri' in asObject(asObject(entry).request));
}

export function readVcrpy(file: unknown): ForeignEntries {
  const notes = new Notes();
  const exchanges: Exchange[] = [];
  for (const interaction of asArray(asObject(file).interactions)) {
    const read = readInteraction(interaction, notes);
    const seq = exchanges.length;
    if (read) exchanges.push({ seq, at: seq, ...read });
  }
  return { format: 'vcrpy', exchanges, notes };
}

/** Undefined (and noted) for one that has no usable request. */
export function readInteraction(
  interaction: unknown,
  notes: Notes,
): Pick<Exchange, 'request' | 'answer'> | undefined {
  const request = readRequest(asObject(asObject(interaction).request), notes);
  if (!request) return undefined;
  const response = asObject(asObject(interaction).response);
  const body = bodyBytes('content' in response ? response.content : response.body) ?? new Uint8Array();
  const answer = replayableAnswer(
    {
      request,
      head: readHead(response),
      body: body.length > 0 ? body : (parsedBody(response, notes) ?? body),
      headAt: 0,
      endAt: 0,
    },
    notes,
  );
  return { request, answer };
}

function readRequest(request: JsonObject, notes: Notes): WireRequest | undefined {
  const url = foreignUrl(String(request.uri ?? ''));
  const method = String(request.method ?? 'GET').toUpperCase();
  const body = parsedBody(request, notes) ?? bodyBytes(request.body);
  if (!url || !/^[A-Z]+$/.test(method) || !body) {
    notes.add('an interaction without a usable request was left out');
    return undefined;
  }
  return { method, ...url, httpVersion: '1.1', headers: headersOfMap(request.headers), body };
}

function readHead(response: JsonObject): AnswerHead {
  const status = asObject(response.status);
  const code = Number(status.code ?? response.status_code ?? 200);
  const reason = status.message ?? response.reason;
  return {
    status: Number.isInteger(code) && code >= 100 && code <= 999 ? code : 200,
    reason: typeof reason === 'string' ? reason.replace(/[^\t\x20-\x7e]/g, '') : '',
    headers: headersOfMap(response.headers),
  };
}
