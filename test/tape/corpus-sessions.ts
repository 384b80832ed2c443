import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { WireRequest } from '../../src/wire/exchange.ts';
import type { RawHeaders } from '../../src/wire/headers.ts';
import type { Recorded } from './tape-session.ts';

const corpus = fileURLToPath(new URL('../../../shared/corpus/', import.meta.url));

/** Why tests on recorded traffic are skipped; false where they run. */
export const withoutCorpus: string | false = existsSync(corpus)
  ? false
  : 'the corpus of recorded traffic (../shared/corpus) is not on this machine';

/** One line of the corpus, the fields used here. */
export interface CorpusCall {
  readonly repo: string;
  readonly path: string;
  readonly index: number;
  readonly method: string;
  readonly url: string;
  readonly req_headers?: HeaderMap;
  readonly req_body?: string | null;
  readonly req_body_b64?: string | null;
  readonly status?: number;
  readonly resp_headers?: HeaderMap;
  readonly resp_body?: string | null;
  readonly resp_body_b64?: string | null;
}

type HeaderMap = Readonly<Record<string, unknown>> | readonly (readonly [string, unknown])[];

export function corpusFiles(): readonly string[] {
  return readdirSync(`${corpus}calls`).map(name => `${corpus}calls/${name}`);
}

/** The sessions of one corpus file: its cassettes, each in order. */
export function corpusSessions(file: string): readonly (readonly CorpusCall[])[] {
  const sessions = new Map<string, CorpusCall[]>();
  for (const call of jsonLines<CorpusCall>(file)) {
    const name = `${call.repo} ${call.path}`;
    sessions.set(name, [...(sessions.get(name) ?? []), call]);
  }
  return [...sessions.values()].map(calls => calls.sort((a, b) => a.index - b.index));
}

export interface CorpusPair {
  readonly a: readonly CorpusCall[];
  readonly b: readonly CorpusCall[];
  readonly step: number | null;
  readonly where: string | null;
}

export function corpusPairs(): readonly CorpusPair[] {
  return [...jsonLines<CorpusPair>(`${corpus}pairs.jsonl.gz`)];
}

export function recordedOf(call: CorpusCall): Recorded {
  const bytes = bytesOf(call.resp_body, call.resp_body_b64);
  // Cut into uneven chunks, as a network would.
  const chunks = [bytes.subarray(0, 7), bytes.subarray(7)].filter(chunk => chunk.length > 0);
  return {
    request: requestOfCall(call),
    answer: {
      head: { status: call.status ?? 200, reason: '', headers: headersOf(call.resp_headers) },
      headAt: 1,
      chunks: chunks.map((chunk, i) => ({ at: i + 2, bytes: chunk })),
      end: { kind: 'complete', at: 9, trailers: [] },
    },
  };
}

function requestOfCall(call: CorpusCall): WireRequest {
  // Some cassettes leave the host out.
  const url = new URL(call.url, 'https://recorded.example');
  return {
    method: call.method,
    scheme: url.protocol === 'http:' ? 'http' : 'https',
    host: url.host,
    path: url.pathname + url.search,
    httpVersion: '1.1',
    headers: headersOf(call.req_headers),
    body: bytesOf(call.req_body, call.req_body_b64),
  };
}

function bytesOf(text: string | null | undefined, base64: string | null | undefined): Buffer {
  return base64 ? Buffer.from(base64, 'base64') : Buffer.from(text ?? '');
}

function headersOf(headers: HeaderMap = {}): RawHeaders {
  const pairs = Array.isArray(headers) ? headers : Object.entries(headers);
  return pairs.flatMap(([name, value]: readonly [string, unknown]) =>
    (Array.isArray(value) ? value : [value]).map(one => [name, String(one)] as const),
  );
}

function* jsonLines<T>(file: string): Generator<T> {
  for (const line of gunzipSync(readFileSync(file)).toString('utf8').split('\n')) {
    if (line) yield JSON.parse(line) as T;
  }
}
