import type { RequestHead } from '../wire/exchange.ts';

/** Scheme, host and path of an absolute http(s) URL, the path byte for byte as written; undefined for any other URL. */
export function foreignUrl(url: string): Pick<RequestHead, 'scheme' | 'host' | 'path'> | undefined {
  const [, scheme, authority, rest] = /^(https?):\/\/([^/?#]+)([^#]*)/i.exec(url) ?? [];
  if (!scheme || !authority) return undefined;
  const secure = scheme.toLowerCase() === 'https';
  const host = authority
    .replace(/^.*@/, '')
    .toLowerCase()
    .replace(secure ? /:443$/ : /:80$/, '');
  if (!/^(\[[0-9a-f:.]+\]|[^\s:[\]\\]+)(:\d{1,5})?$/.test(host)) return undefined;
  const path = rest?.startsWith('/') ? rest : `/${rest ?? ''}`;
  return { scheme: secure ? 'https' : 'http', host, path: path.replace(/[\s\p{Cc}]/gu, encodeURIComponent) };
}
