import { RewindError } from '../errors.ts';
import { isLoopback, splitHost } from './host-pattern.ts';

/** A proxy that was in the user's environment before ours: upstream requests and tunnels go on through it. */
export interface ParentProxy {
  /** For https targets: asked for a tunnel by CONNECT. */
  readonly https?: ProxyAddress;
  /** For http targets: sent the absolute URL. */
  readonly http?: ProxyAddress;
  /** Hosts reached without it, as in NO_PROXY. */
  readonly noProxy?: readonly string[];
}

export interface ProxyAddress {
  readonly secure: boolean;
  readonly hostname: string;
  readonly port: number;
  /** The value of `Proxy-Authorization`. Never logged. */
  readonly authorization?: string;
}

/** Reads HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY; the lower-case name wins, as in curl. */
export function parentProxyFrom(env: Readonly<Record<string, string | undefined>>): ParentProxy | undefined {
  const read = (name: string) => env[name.toLowerCase()] || env[name] || undefined;
  const all = read('ALL_PROXY');
  const https = read('HTTPS_PROXY') ?? all;
  const http = read('HTTP_PROXY') ?? all;
  if (!https && !http) return undefined;
  const noProxy = (read('NO_PROXY') ?? '')
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(entry => entry.toLowerCase());
  return {
    ...(https && { https: proxyAddress(https) }),
    ...(http && { http: proxyAddress(http) }),
    noProxy,
  };
}

/** `http://user:password@host:port`; the scheme may be missing. */
export function proxyAddress(text: string): ProxyAddress {
  const withScheme = text.includes('://') ? text : `http://${text}`;
  // The text may hold a password: it is not shown.
  const wrong = (what: string, cause?: unknown) =>
    new RewindError(
      'bad-parent-proxy',
      `The proxy in the environment (HTTPS_PROXY, HTTP_PROXY or ALL_PROXY) ${what}.`,
      'Rewind can go on through http:// and https:// proxies; unset the variable or name one of those.',
      { cause },
    );
  if (!URL.canParse(withScheme)) throw wrong('is not a URL');
  const url = new URL(withScheme);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw wrong(`is of the kind ${url.protocol}//`);
  const secure = url.protocol === 'https:';
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return {
    secure,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (secure ? 443 : 80),
    ...(url.username && { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }),
  };
}

/** The proxy that leads to a target; undefined where it is reached directly. Loopback always is. */
export function parentFor(
  parent: ParentProxy | undefined,
  scheme: 'http' | 'https',
  hostname: string,
  port: number,
): ProxyAddress | undefined {
  const address = parent?.[scheme];
  if (!address || isLoopback(hostname)) return undefined;
  const host = hostname.toLowerCase();
  const exempt = (parent.noProxy ?? []).some(entry => {
    if (entry === '*') return true;
    const { hostname: name, port: onPort } = splitHost(entry);
    const suffix = name.replace(/^\*?\./, '');
    return (onPort ?? port) === port && (host === suffix || host.endsWith(`.${suffix}`));
  });
  return exempt ? undefined : address;
}
