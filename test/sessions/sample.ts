import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Exchange } from '../../src/wire/exchange.ts';
import type { RawHeaders } from '../../src/wire/headers.ts';

export interface Sample {
  readonly seq?: number;
  readonly path?: string;
  readonly headers?: RawHeaders;
  readonly body?: Uint8Array | string;
  readonly answerHeaders?: RawHeaders;
  readonly chunks?: readonly (Uint8Array | string)[];
}

const BODY = '{"model":"gpt-4.1","messages":[{"role":"user","content":"Hi"}]}';

/** An exchange with an OpenAI-like host; what matters to a test is given, the rest stands here. */
export function sampleExchange({
  seq = 0,
  path = '/v1/chat/completions',
  headers = [],
  body = BODY,
  answerHeaders = [],
  chunks = ['data: {"id":"x"}\n\n', 'data: [DONE]\n\n'],
}: Sample = {}): Exchange {
  return {
    seq,
    at: seq * 10,
    request: {
      method: 'POST',
      scheme: 'https',
      host: 'api.openai.com',
      path,
      httpVersion: '1.1',
      headers: headers.some(([name]) => name === 'content-type')
        ? headers
        : [['content-type', 'application/json'], ...headers],
      body: Buffer.from(body),
    },
    answer: {
      head: { status: 200, reason: 'OK', headers: [['content-type', 'text/event-stream'], ...answerHeaders] },
      headAt: 5,
      chunks: chunks.map((chunk, i) => ({ at: 6 + i, bytes: Buffer.from(chunk) })),
      end: { kind: 'complete', at: 99.5, trailers: [] },
    },
  };
}

/** The bytes of all files below a folder. */
export function bytesBelow(folder: string): Buffer {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  return Buffer.concat(files.map(file => readFileSync(join(file.parentPath, file.name))));
}
