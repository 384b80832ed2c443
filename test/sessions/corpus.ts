import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Exchange } from '../../src/wire/exchange.ts';
import type { RawHeaders } from '../../src/wire/headers.ts';

const folder = fileURLToPath(new URL('../../../shared/corpus/calls', import.meta.url));

/** Why corpus tests cannot run; false where they can. */
export const corpusMissing = existsSync(folder)
  ? false
  : 'the corpus of recorded traffic is not on this machine';

/** All recorded calls as exchanges, file by file, numbered from 0 in each. */
export function* corpusFiles(): Generator<{ readonly name: string; readonly exchanges: Exchange[] }> {
  for (const name of readdirSync(folder)
    .filter(name => name.endsWith('.jsonl.gz'))
    .sort()) {
    const lines = gunzipSync(readFileSync(join(folder, name)))
      .toString('utf8')
      .split('\n');
    const calls = lines.filter(line => line !== '').map(line => JSON.parse(line) as CorpusCall);
    yield { name, exchanges: calls.map(exchangeOf) };
  }
}

interface CorpusCall {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly req_headers?: Readonly<Record<string, readonly string[] | string>>;
  readonly resp_headers?: Readonly<Record<string, readonly string[] | string>>;
  readonly req_body?: string;
  readonly req_body_b64?: string;
  readonly resp_body?: string;
  readonly resp_body_b64?: string;
}

/** Chunks are cut at uneven places, as TCP cuts them: events, half events, several at once. */
function exchangeOf(call: CorpusCall, seq: number): Exchange {
  const url = new URL(call.url, 'https://api.example.com');
  const body = bytesOf(call.resp_body, call.resp_body_b64);
  const chunks = [];
  for (let from = 0, i = seq; from < body.length; i++) {
    const event = body.indexOf('\n\n', from) + 2;
    const size = i % 3 === 0 || event < 2 ? 1 + ((i * 7919) % 4000) : event - from;
    chunks.push({ at: 10 + chunks.length / 2, bytes: body.subarray(from, from + size) });
    from += size;
  }
  return {
    seq,
    at: seq * 100,
    request: {
      method: call.method,
      scheme: url.protocol === 'http:' ? 'http' : 'https',
      host: url.host,
      path: url.pathname + url.search,
      httpVersion: '1.1',
      headers: pairs(call.req_headers),
      body: bytesOf(call.req_body, call.req_body_b64),
    },
    answer: {
      head: { status: call.status, reason: '', headers: pairs(call.resp_headers) },
      headAt: 9.5,
      chunks,
      end: { kind: 'complete', at: 10 + chunks.length, trailers: [] },
    },
  };
}

const bytesOf = (text: string | undefined, base64: string | undefined): Buffer =>
  base64 === undefined ? Buffer.from(text ?? '') : Buffer.from(base64, 'base64');

const pairs = (headers: CorpusCall['req_headers']): RawHeaders =>
  Object.entries(headers ?? {}).flatMap(([name, values]) =>
    [values].flat().map(value => [name, value] as const),
  );
