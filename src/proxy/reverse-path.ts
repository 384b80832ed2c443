import type { Target } from './connections.ts';
import { defaultPort, isLoopback, splitHost } from './host-pattern.ts';

/**
 * Base URLs that lead through the proxy without any proxy setting, for clients that take a base URL only:
 * `http://127.0.0.1:PORT/_rewind/<https|http>/<host[:port]>/<rest>`, with a run tag
 * `http://127.0.0.1:PORT/_rewind/run:<tag>/<https|http>/<host[:port]>/<rest>`.
 */
export interface ReversePath {
  readonly target: Target;
  /** Path and query at the real host. */
  readonly path: string;
  readonly run?: string;
}

const prefix = '/_rewind/';
const form = /^\/_rewind\/(?:run:([^/?]+)\/)?(https?)\/([^/?#]+)(?=[/?]|$)(\/[^?]*)?(\?.*)?$/;

export function isReversePath(path: string): boolean {
  return path.startsWith(prefix);
}

/** Undefined where the path is not of the form. */
export function parseReversePath(path: string): ReversePath | undefined {
  const match = form.exec(path);
  if (!match) return undefined;
  const [, run, schemeText, host = '', rest = '/', query = ''] = match;
  const scheme = schemeText === 'https' ? 'https' : 'http';
  const { hostname, port = defaultPort(scheme) } = splitHost(decodeSafely(host).toLowerCase());
  if (!/^[a-z0-9_.:-]+$/.test(hostname) || port > 65_535) return undefined;
  return {
    target: { scheme, hostname, port },
    path: `${rest}${query}`,
    ...(run !== undefined && { run: decodeSafely(run) }),
  };
}

/** The base URL that stands for `base` (such as `https://api.openai.com/v1`). */
export function reverseBaseUrl(proxyOrigin: string, base: string, run?: string): string {
  const url = new URL(base);
  const tag = run === undefined ? '' : `run:${encodeURIComponent(run)}/`;
  const path = url.pathname.replace(/\/$/, '');
  return `${proxyOrigin}${prefix}${tag}${url.protocol.slice(0, -1)}/${url.host}${path}`;
}

/**
 * Why a request that was sent to the proxy as if it were a web server must not be served; undefined where it may be. A web
 * page can make a browser send requests here: by name (DNS rebinding: the Host line names the page's host) or by address
 * (the browser then says where the request comes from). Programs that were given a base URL do neither.
 */
export function refusalOfDirectRequest(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  hostMustBeLoopback: boolean,
): string | undefined {
  const host = String(headers.host ?? headers[':authority'] ?? '');
  if (hostMustBeLoopback && !isLoopback(splitHost(host).hostname)) {
    return `the Host line names "${host}", which is not this machine`;
  }
  const origin = headers.origin;
  if (origin !== undefined && !isLoopbackOrigin(String(origin))) {
    return `a web page of ${String(origin)} asked for it`;
  }
  const site = headers['sec-fetch-site'];
  const fromElsewhere = site === 'cross-site' || site === 'same-site';
  if (fromElsewhere && origin === undefined) return 'a web page of another site asked for it';
  return undefined;
}

function isLoopbackOrigin(origin: string): boolean {
  return URL.canParse(origin) && isLoopback(new URL(origin).hostname);
}

function decodeSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
