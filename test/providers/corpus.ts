import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Exchange } from '../../src/wire/exchange.ts';

/** One line of the corpus of real traffic; its README says what the fields are. */
export interface CorpusCall {
  readonly repo: string;
  readonly path: string;
  readonly index: number;
  readonly method: string;
  readonly url: string;
  readonly provider: string;
  readonly endpoint: string;
  readonly req_headers: Readonly<Record<string, string | readonly string[]>>;
  readonly req_body?: string | null;
  readonly req_body_b64?: string | null;
  readonly status: number;
  readonly resp_headers: Readonly<Record<string, string | readonly string[]>>;
  readonly resp_body?: string | null;
  readonly resp_body_b64?: string | null;
}

const folder = fileURLToPath(new URL('../../../shared/corpus/calls', import.meta.url));

/** Why the corpus cannot be read, for `skip`; false where it is there. */
export const corpusMissing = existsSync(folder) ? false : `no corpus of recorded calls at ${folder}`;

export function* corpusCalls(): Generator<CorpusCall> {
  for (const name of readdirSync(folder).filter(name => name.endsWith('.jsonl.gz'))) {
    const text = gunzipSync(readFileSync(join(folder, name))).toString('utf8');
    for (const line of text.split('\n')) if (line !== '') yield JSON.parse(line);
  }
}

export function requestBytes(call: CorpusCall): Buffer {
  return bytes(call.req_body, call.req_body_b64);
}

export function answerBytes(call: CorpusCall): Buffer {
  // One cassette format keeps binary bodies as base64 text: an event stream begins with its length, so with "AAA".
  if (/stream$/.test(call.endpoint) && call.resp_body?.startsWith('AAA'))
    return Buffer.from(call.resp_body, 'base64');
  return bytes(call.resp_body, call.resp_body_b64);
}

function bytes(text: string | null | undefined, base64: string | null | undefined): Buffer {
  return typeof text === 'string' ? Buffer.from(text) : Buffer.from(base64 ?? '', 'base64');
}

/** Where a cassette kept only the path, the host that the corpus names as its provider. */
const HOST_OF: Readonly<Record<string, string>> = {
  anthropic: 'api.anthropic.com',
  openai: 'api.openai.com',
  gemini: 'generativelanguage.googleapis.com',
  openrouter: 'openrouter.ai',
  mistral: 'api.mistral.ai',
  deepseek: 'api.deepseek.com',
  xai: 'api.x.ai',
  groq: 'api.groq.com',
  cohere: 'api.cohere.com',
  perplexity: 'api.perplexity.ai',
  venice: 'api.venice.ai',
  doubleword: 'api.doubleword.ai',
  copilot: 'api.githubcopilot.com',
  bedrock: 'bedrock-runtime.us-east-1.amazonaws.com',
  'chatgpt-backend': 'chatgpt.com',
};

/** The call as an exchange; `host` replaces the recorded one. */
export function exchangeOf(call: CorpusCall, host?: string): Exchange {
  const url = new URL(call.url, `https://${HOST_OF[call.provider] ?? 'localhost:9999'}`);
  const path = url.pathname + url.search;
  return {
    seq: call.index,
    at: 0,
    request: {
      method: call.method,
      scheme: url.protocol === 'http:' ? 'http' : 'https',
      host: host ?? url.host,
      path,
      httpVersion: '1.1',
      headers: pairs(call.req_headers),
      body: requestBytes(call),
    },
    answer: {
      head: { status: call.status, reason: '', headers: pairs(call.resp_headers) },
      headAt: 1,
      chunks: [{ at: 1, bytes: answerBytes(call) }],
      end: { kind: 'complete', at: 2, trailers: [] },
    },
  };
}

function pairs(headers: CorpusCall['req_headers']): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).map((one): [string, string] => [name, one]),
  );
}
