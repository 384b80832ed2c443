import { RewindError } from '../errors.ts';
import type { RequestHead } from '../wire/exchange.ts';
import type { RawHeaders } from '../wire/headers.ts';
import type { Target } from './connections.ts';
import { defaultPort, type HostMatcher, hostMatcher, joinHost, splitHost } from './host-pattern.ts';

/** `--upstream HOST=URL`: traffic for hosts of a pattern goes to another base URL. */
export interface UpstreamMapping {
  /** As given, for messages and for the session's list of intercepted hosts. */
  readonly pattern: string;
  readonly matches: HostMatcher;
  readonly base: URL;
}

export function parseUpstreamMapping(text: string): UpstreamMapping {
  const at = text.indexOf('=');
  const pattern = text.slice(0, Math.max(0, at)).trim().toLowerCase();
  const shown = (pattern || text).replace(/\/\/[^/@]*@/, '//');
  const url = text.slice(at + 1).trim();
  const good = at > 0 && /^[\w.*:[\]-]+$/.test(pattern) && URL.canParse(url);
  const base = good ? new URL(url) : undefined;
  if (!base || !/^https?:$/.test(base.protocol) || base.username || base.search || base.hash) {
    throw new RewindError(
      'bad-upstream',
      `"${shown}" is not an upstream mapping of the form HOST=URL.`,
      'For example --upstream api.openai.com=http://localhost:4000/openai (no credentials, query or fragment).',
    );
  }
  return { pattern, matches: hostMatcher([pattern]), base };
}

/** Where a request goes, and the path and headers that it carries there. */
export interface Route {
  readonly target: Target;
  readonly path: string;
  readonly headers: RawHeaders;
}

export function routeOf(head: RequestHead, mappings: readonly UpstreamMapping[]): Route {
  const { hostname, port = defaultPort(head.scheme) } = splitHost(head.host);
  const mapping = mappings.find(each => each.matches(hostname, port));
  if (!mapping) {
    const target = { scheme: head.scheme, hostname, port } as const;
    return { target, path: head.path, headers: withHost(head.headers, head.host, false) };
  }
  const scheme = mapping.base.protocol === 'https:' ? 'https' : 'http';
  const target: Target = {
    scheme,
    hostname: mapping.base.hostname.replace(/^\[|\]$/g, ''),
    port: Number(mapping.base.port) || defaultPort(scheme),
  };
  const prefix = mapping.base.pathname.replace(/\/$/, '');
  return {
    target,
    path: `${prefix}${head.path}`,
    headers: withHost(head.headers, joinHost(scheme, target.hostname, target.port), true),
  };
}

/** HTTP/2 clients send no Host line; a mapped request needs that of its new host. */
function withHost(headers: RawHeaders, host: string, replace: boolean): RawHeaders {
  const has = headers.some(([name]) => name.toLowerCase() === 'host');
  if (!has) return [['Host', host], ...headers];
  if (!replace) return headers;
  return headers.map(([name, value]) => (name.toLowerCase() === 'host' ? [name, host] : [name, value]));
}
