import { isInterceptedHost } from '../providers/hosts.ts';

/** Whether a host is one of a set of patterns; see providers/hosts.ts for their form. */
export type HostMatcher = (hostname: string, port: number) => boolean;

/** Remembers its answers: a run talks to a handful of hosts. */
export function hostMatcher(patterns: readonly string[]): HostMatcher {
  const known = new Map<string, boolean>();
  return (hostname, port) => {
    const host = `${bracketed(hostname)}:${port}`;
    let matches = known.get(host);
    if (matches === undefined) {
      matches = isInterceptedHost(host, patterns);
      if (known.size < 1000) known.set(host, matches);
    }
    return matches;
  };
}

/** The pattern's host name without its port. */
export function patternHostname(pattern: string): string {
  return splitHost(pattern.toLowerCase()).hostname;
}

/**
 * The narrowest DNS subtree (RFC 5280, section 4.2.1.10) that holds every host of the pattern: what stands after the last
 * wildcard. Undefined where nothing stands there.
 */
export function patternSubtree(pattern: string): string | undefined {
  const labels = patternHostname(pattern).split('.');
  const lastWild = labels.findLastIndex(label => label.includes('*'));
  return labels.slice(lastWild + 1).join('.') || undefined;
}

/** `host`, `host:port` or `[v6]:port` taken apart; brackets are dropped. */
export function splitHost(host: string): { readonly hostname: string; readonly port?: number } {
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(host);
  if (!match) return { hostname: host };
  const hostname = match[1] ?? match[2] ?? '';
  return match[3] === undefined ? { hostname } : { hostname, port: Number(match[3]) };
}

/** `host` or `host:port`, the port left out where it is the scheme's own; IPv6 in brackets. Lower case. */
export function joinHost(scheme: 'http' | 'https', hostname: string, port: number): string {
  const host = bracketed(hostname);
  return port === defaultPort(scheme) ? host : `${host}:${port}`;
}

export function defaultPort(scheme: 'http' | 'https'): number {
  return scheme === 'https' ? 443 : 80;
}

const loopback = /^(?:localhost|.*\.localhost|127(?:\.\d{1,3}){3}|::1|0\.0\.0\.0|::)$/;

export function isLoopback(hostname: string): boolean {
  return loopback.test(bareHost(hostname));
}

function bareHost(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}

function bracketed(hostname: string): string {
  const bare = bareHost(hostname);
  return bare.includes(':') ? `[${bare}]` : bare;
}
