import { createHash } from 'node:crypto';
import type { RawHeaders } from '../wire/headers.ts';
import { withoutHeaders } from '../wire/headers.ts';
import type { Incoming } from './api.ts';

/** A request that reached the emulator, without its credentials. */
export interface LoggedRequest {
  readonly method: string;
  /** With the query, credentials left out. */
  readonly path: string;
  readonly httpVersion: string;
  readonly headers: RawHeaders;
  readonly bodyBytes: number;
  readonly bodySha256: string;
  /** UTF-8 text; null where the body is larger than `BODY_KEPT`. */
  readonly body: string | null;
}

const BODY_KEPT = 1_000_000;

const CREDENTIALS: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  'x-amz-security-token',
  'cookie',
]);

export function logged(request: Incoming, httpVersion: string): LoggedRequest {
  const query = new URLSearchParams(request.query);
  query.delete('key');
  const search = query.size > 0 ? `?${query}` : '';
  return {
    method: request.method,
    path: `${request.path}${search}`,
    httpVersion,
    headers: withoutHeaders(request.headers, CREDENTIALS),
    bodyBytes: request.body.length,
    bodySha256: createHash('sha256').update(request.body).digest('hex'),
    body: request.body.length > BODY_KEPT ? null : request.body.toString('utf8'),
  };
}
