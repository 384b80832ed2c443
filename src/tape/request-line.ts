import { isCredentialParameter } from '../providers/credentials.ts';
import { providerOf } from '../providers/hosts.ts';
import type { RequestHead } from '../wire/exchange.ts';
import { type Mask, maskText } from './masks.ts';

/**
 * Method, host family and path in one canonical spelling: percent-encoding undone, credential parameters gone, query
 * parameters sorted. A vendor's regions, deployments and gateways share its family; an unknown host is its own.
 * `extraHosts`: the session's own providers.
 */
export function endpointOf(
  request: RequestHead,
  masks: readonly Mask[] = [],
  extraHosts: readonly string[] = [],
): string {
  const family = providerOf(request.host, request.path, extraHosts)?.family ?? request.host;
  const cut = request.path.indexOf('?');
  const path = decode(cut < 0 ? request.path : request.path.slice(0, cut));
  const query = cut < 0 ? '' : canonicalQuery(request.path.slice(cut + 1));
  return `${request.method.toUpperCase()} ${maskText(masks, `${family}${path}${query && `?${query}`}`)}`;
}

function canonicalQuery(query: string): string {
  return query
    .split('&')
    .filter(pair => pair !== '' && !isCredentialParameter(decode(pair.split('=', 1)[0] ?? '')))
    .map(pair => decode(pair.replaceAll('+', ' ')))
    .sort()
    .join('&');
}

/** SDKs differ in what they encode (`:` in Bedrock's and Gemini's paths). What cannot be decoded stays. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
