import { callSiteHeader } from '../wire/call-site.ts';
import type { RequestHead } from '../wire/exchange.ts';
import type { RawHeaders } from '../wire/headers.ts';
import { isLoopback, joinHost } from './host-pattern.ts';
import type { MockttpRequest } from './mockttp.ts';
import { isReversePath, parseReversePath, refusalOfDirectRequest } from './reverse-path.ts';

/**
 * How a client reached us: it asked a proxy (absolute form, CONNECT, SOCKS), it was given a base URL of ours, or it believes
 * to talk to the host itself (its TCP target was rewritten by a hook).
 */
export type Approach = 'proxy' | 'base-url' | 'direct';

/** What a request that reached the proxy turns out to be. */
export type Incoming =
  | {
      readonly kind: 'request';
      readonly approach: Approach;
      readonly head: RequestHead;
      readonly hostname: string;
      readonly port: number;
      readonly site?: string;
      readonly run?: string;
    }
  | { readonly kind: 'refused'; readonly status: 400 | 403 | 404 | 421; readonly message: string };

export interface Surroundings {
  readonly port: number;
  /** The proxy listens on loopback only. */
  readonly local: boolean;
  /** Whether the connection came through CONNECT or SOCKS. */
  readonly tunnelled: boolean;
}

const runTag = 'socket-metadata:run:';

export function readIncoming(request: MockttpRequest, around: Surroundings): Incoming {
  const { path, destination } = request;
  const scheme = request.protocol.toLowerCase() === 'https' ? 'https' : 'http';
  const proxyForm = around.tunnelled || !request.originalUrl.startsWith('/');
  const { headers, site } = readHeaders(request);
  const tag = request.tags.find(each => each.startsWith(runTag))?.slice(runTag.length);
  const found = (
    approach: Approach,
    to: { readonly scheme: 'http' | 'https'; readonly hostname: string; readonly port: number },
    onPath: string,
    run = tag,
  ): Incoming => {
    const host = joinHost(to.scheme, to.hostname, to.port);
    const sent = approach === 'base-url' ? withHost(headers, host) : headers;
    return {
      kind: 'request',
      approach,
      head: { ...headOf(request), scheme: to.scheme, host, path: onPath, headers: sent },
      hostname: to.hostname,
      port: to.port,
      ...(site !== undefined && { site }),
      ...(run !== undefined && { run }),
    };
  };

  // A page that rebinds its own name to this machine sends its name with our port.
  const asksUs = proxyForm
    ? isOurs(destination, around)
    : scheme === 'http' && destination.port === around.port;
  if (asksUs || (scheme === 'http' && isReversePath(path))) {
    const why = proxyForm ? undefined : refusalOfDirectRequest(request.headers, around.local);
    if (why) return refused(403, `Rewind refused this request: ${why}.`);
    const reverse = parseReversePath(path);
    if (!reverse) return refused(404, howToAsk(around.port));
    if (isOurs(reverse, around)) return refused(421, 'This request asks Rewind to ask itself.');
    return found('base-url', reverse, reverse.path, reverse.run);
  }
  if (!destination.hostname) return refused(400, 'Rewind cannot tell which host this request is for.');
  return found(proxyForm ? 'proxy' : 'direct', { scheme, ...destination }, path);
}

function refused(status: 400 | 403 | 404 | 421, message: string): Incoming {
  return { kind: 'refused', status, message };
}

function howToAsk(port: number): string {
  return `This is Rewind's proxy. A base URL looks like http://127.0.0.1:${port}/_rewind/https/api.openai.com/v1`;
}

function isOurs(to: { readonly hostname: string; readonly port: number }, around: Surroundings): boolean {
  return to.port === around.port && isLoopback(to.hostname);
}

function headOf(request: MockttpRequest): Pick<RequestHead, 'method' | 'httpVersion'> {
  const httpVersion = request.httpVersionMajor === 2 ? '2' : request.httpVersion === '1.0' ? '1.0' : '1.1';
  return { method: request.method ?? 'GET', httpVersion };
}

/** Without what is between the client and a proxy, and without our private lines. */
function readHeaders(request: MockttpRequest): { readonly headers: RawHeaders; readonly site?: string } {
  const headers: (readonly [string, string])[] = [];
  let site: string | undefined;
  for (const pair of request.rawHeaders) {
    const name = pair[0].toLowerCase();
    if (name === callSiteHeader) site ??= pair[1];
    if (name.startsWith(':') || name.startsWith('x-rewind-') || name.startsWith('proxy-')) continue;
    headers.push(pair);
  }
  return site === undefined ? { headers } : { headers, site };
}

function withHost(headers: RawHeaders, host: string): RawHeaders {
  return headers.map(([name, value]) => (name.toLowerCase() === 'host' ? [name, host] : [name, value]));
}
