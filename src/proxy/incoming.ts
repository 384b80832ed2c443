import { callSiteHeader } from '../wire/call-site.ts';
import type { RequestHead } from '../wire/exchange.ts';
import type { RawHeaders } from '../wire/headers.ts';
import type { ClientRequest, Via } from './combo-server.ts';
import type { Target } from './connections.ts';
import { defaultPort, isLoopback, joinHost, splitHost } from './host-pattern.ts';
import { isReversePath, parseReversePath, refusalOfDirectRequest } from './reverse-path.ts';
import { parseToolPath, type ToolVerb } from './tool-desk.ts';

/**
 * How a client reached us: it asked a proxy (absolute form, CONNECT, SOCKS), it was given a base URL of ours, or it believes
 * to talk to the host itself (its TCP target was rewritten by a hook).
 */
export type Approach = 'proxy' | 'base-url' | 'direct';

export interface IncomingRequest {
  readonly kind: 'request';
  readonly approach: Approach;
  readonly head: RequestHead;
  readonly target: Target;
  readonly site?: string;
  readonly run?: string;
  readonly session?: string;
}

/** Names the session that a request belongs to; ours, so it goes no further. */
const sessionHeader = 'rewind-session';

/** What a request that reached the proxy turns out to be. */
export type Incoming =
  | IncomingRequest
  /** A helper inside the agent speaks of a tool. */
  | { readonly kind: 'tool'; readonly verb: ToolVerb; readonly token?: string }
  | { readonly kind: 'refused'; readonly status: 400 | 403 | 404 | 421; readonly message: string };

export interface Surroundings {
  readonly port: number;
  /** The proxy listens on loopback only. */
  readonly local: boolean;
}

export function readIncoming(request: ClientRequest, via: Via, around: Surroundings): Incoming {
  const { headers, site, session, host } = readHeaders(request);
  const asked = targetOf(request, via, host);
  if (!asked) return refused(400, 'Rewind cannot tell which host this request is for.');
  const tag = via.tags.find(each => each.startsWith('run:'))?.slice('run:'.length);
  const found = (approach: Approach, target: Target, path: string, run = tag): IncomingRequest => {
    const name = joinHost(target.scheme, target.hostname, target.port);
    const sent = approach === 'base-url' ? withHost(headers, name) : headers;
    return {
      kind: 'request',
      approach,
      target,
      head: {
        method: request.method ?? 'GET',
        scheme: target.scheme,
        host: name,
        path,
        httpVersion: versionOf(request),
        headers: sent,
      },
      ...(site !== undefined && { site }),
      ...(run !== undefined && { run }),
      ...(session !== undefined && { session }),
    };
  };

  const { target, path, proxyForm } = asked;
  const plain = target.scheme === 'http';
  // A page that rebinds its own name to this machine sends its name with our port.
  const asksUs = proxyForm ? isOurs(target, around) : plain && target.port === around.port;
  if (asksUs || (plain && isReversePath(path))) {
    const why = proxyForm ? undefined : refusalOfDirectRequest(request.headers, around.local);
    if (why) return refused(403, `Rewind refused this request: ${why}.`);
    const tool = parseToolPath(path);
    if (tool) return { kind: 'tool', ...tool };
    const reverse = parseReversePath(path);
    if (!reverse) return refused(404, howToAsk(around.port));
    if (isOurs(reverse.target, around)) return refused(421, 'This request asks Rewind to ask itself.');
    return found('base-url', reverse.target, reverse.path, reverse.run);
  }
  return found(proxyForm ? 'proxy' : 'direct', target, path);
}

function refused(status: 400 | 403 | 404 | 421, message: string): Incoming {
  return { kind: 'refused', status, message };
}

function howToAsk(port: number): string {
  return `This is Rewind's proxy. A base URL looks like http://127.0.0.1:${port}/_rewind/https/api.openai.com/v1`;
}

function isOurs(target: Target, around: Surroundings): boolean {
  return target.port === around.port && isLoopback(target.hostname);
}

interface Asked {
  readonly target: Target;
  readonly path: string;
  readonly proxyForm: boolean;
}

const absoluteForm = /^(https?):\/\/([^/?#]+)(.*)$/i;

/** A tunnel's own address is preferred to what a Host line says. */
function targetOf(request: ClientRequest, via: Via, host: string | undefined): Asked | undefined {
  const url = request.url ?? '/';
  const absolute = absoluteForm.exec(url);
  if (absolute) {
    const [, protocol = '', authority = '', rest = ''] = absolute;
    const scheme = protocol.toLowerCase() === 'https' ? 'https' : 'http';
    const target = targetNamed(scheme, authority.replace(/^[^@]*@/, ''));
    const path = rest.startsWith('/') ? rest : `/${rest}`;
    return target && { target, path, proxyForm: true };
  }
  const target = targetNamed(via.secure ? 'https' : 'http', via.tunnel ?? host ?? via.serverName ?? '');
  return target && { target, path: url, proxyForm: via.tunnel !== undefined };
}

function targetNamed(scheme: 'http' | 'https', authority: string): Target | undefined {
  const { hostname, port = defaultPort(scheme) } = splitHost(authority);
  return hostname ? { scheme, hostname: hostname.toLowerCase(), port } : undefined;
}

function versionOf(request: ClientRequest): RequestHead['httpVersion'] {
  if (request.httpVersionMajor === 2) return '2';
  return request.httpVersion === '1.0' ? '1.0' : '1.1';
}

/** Without what is between the client and a proxy, and without our private lines. */
function readHeaders(request: ClientRequest): {
  readonly headers: RawHeaders;
  readonly site?: string;
  readonly session?: string;
  readonly host?: string;
} {
  const { rawHeaders } = request;
  const headers: (readonly [string, string])[] = [];
  let site: string | undefined;
  let session: string | undefined;
  let host: string | undefined;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    const value = rawHeaders[i + 1]!;
    const lower = name.toLowerCase();
    if (lower === callSiteHeader) site ??= value;
    else if (lower === sessionHeader) session ??= value;
    else if (lower === 'host' || lower === ':authority') host ??= value;
    if (lower.startsWith(':') || isPrivate(lower)) continue;
    headers.push([name, value]);
  }
  return {
    headers,
    ...(site !== undefined && { site }),
    ...(session !== undefined && { session }),
    ...(host !== undefined && { host }),
  };
}

/** Lines that go no further than here: ours, and what is between the client and a proxy. */
export const isPrivate = (lower: string): boolean =>
  lower === sessionHeader || lower.startsWith('x-rewind-') || lower.startsWith('proxy-');

function withHost(headers: RawHeaders, host: string): RawHeaders {
  return headers.map(([name, value]) => (name.toLowerCase() === 'host' ? [name, host] : [name, value]));
}
