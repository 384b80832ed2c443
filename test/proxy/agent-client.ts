import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ProxyAgent, request } from 'undici';

const run = promisify(execFile);

export interface Got {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** A client like the vendors' SDKs on Node: undici by way of an HTTP proxy, keep-alive. */
export function agentClient(
  proxyUrl: string,
  ca: string,
): {
  fetch(
    url: string,
    options?: { method?: string; body?: string | Buffer; headers?: Record<string, string> },
  ): Promise<Got>;
  close(): Promise<void>;
} {
  const dispatcher = new ProxyAgent({ uri: proxyUrl, requestTls: { ca }, proxyTunnel: true });
  return {
    async fetch(url, { method = 'GET', body, headers = {} } = {}) {
      const answer = await request(url, {
        dispatcher,
        method: method as 'GET',
        headers,
        ...(body !== undefined && { body }),
      });
      return {
        status: answer.statusCode,
        headers: answer.headers,
        body: Buffer.from(await answer.body.arrayBuffer()),
      };
    },
    close: () => dispatcher.destroy(),
  };
}

/** curl's standard output; rejects with its message. `-sS` and a time limit are given. */
export async function curl(...parameters: readonly string[]): Promise<string> {
  const env = { PATH: process.env.PATH };
  const all = ['-sS', '--max-time', '20', ...parameters];
  return (await run('curl', all, { env, maxBuffer: 64 * 1024 * 1024, encoding: 'latin1' })).stdout;
}
