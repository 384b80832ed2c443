import type { ClientRequest } from 'node:http';
import type { Ask, Reply, Responder, Upload } from '../tape/responder.ts';
import type { RequestHead } from '../wire/exchange.ts';
import type { RawHeaders } from '../wire/headers.ts';
import { header } from '../wire/headers.ts';
import { BegunRequest } from './begun-request.ts';
import { type ConnectionOptions, Connections } from './connections.ts';
import { relay } from './relay.ts';
import { type Route, routeOf, type UpstreamMapping } from './upstream-map.ts';

export interface UpstreamOptions extends ConnectionOptions {
  readonly mappings?: readonly UpstreamMapping[];
  /** Ask for the codings that the agent asked for; by default for none (docs/adr/0012). */
  readonly preserveEncoding?: boolean;
}

/**
 * Answers from the real host. Breaks as the host breaks: what the agent would see directly it sees here, and no status is
 * ever made up. No timeouts: the agent's own rule.
 */
export class Upstream implements Responder {
  readonly #connections: Connections;
  readonly #mappings: readonly UpstreamMapping[];
  readonly #preserveEncoding: boolean;

  constructor(options: UpstreamOptions = {}) {
    this.#connections = new Connections(options);
    this.#mappings = options.mappings ?? [];
    this.#preserveEncoding = options.preserveEncoding ?? false;
  }

  upload(head: RequestHead, length: number): Upload {
    const route = routeOf(head, this.#mappings);
    const headers = outgoingHeaders(head, length, route.headers, this.#preserveEncoding);
    return new BegunRequest(this.#connections.request(route.target, head.method, route.path, headers));
  }

  respond(ask: Ask, reply: Reply): Promise<void> {
    const { request, upload } = ask;
    const begun = upload instanceof BegunRequest ? upload : undefined;
    if (begun?.alive) return this.#finish(ask, begun, reply);
    const route = routeOf(request, this.#mappings);
    const headers = outgoingHeaders(request, request.body.length, route.headers, this.#preserveEncoding);
    return this.#send(ask, route, headers, reply, true);
  }

  async close(): Promise<void> {
    this.#connections.close();
  }

  async #finish({ request, signal }: Ask, begun: BegunRequest, reply: Reply): Promise<void> {
    if (signal.aborted) return begun.abandon();
    const abort = () => begun.abandon();
    signal.addEventListener('abort', abort, { once: true });
    const relayed = relay(begun.outgoing, reply, signal, undefined, begun.takeAnswer());
    begun.end(request.body);
    await relayed;
    signal.removeEventListener('abort', abort);
  }

  async #send(ask: Ask, route: Route, headers: RawHeaders, reply: Reply, mayRepeat: boolean): Promise<void> {
    const { request, signal } = ask;
    if (signal.aborted) return;
    const outgoing = this.#connections.request(route.target, request.method, route.path, headers);
    const abort = () => outgoing.destroy();
    signal.addEventListener('abort', abort, { once: true });
    const relayed = relay(
      outgoing,
      reply,
      signal,
      error => mayRepeat && wasStale(outgoing, error) && isSafe(request.method),
    );
    outgoing.end(request.body.length > 0 ? request.body : undefined);
    const outcome = await relayed;
    signal.removeEventListener('abort', abort);
    if (outcome === 'retry') await this.#send(ask, route, headers, reply, false);
  }
}

/**
 * A pooled connection that the host had just closed. Even then the request may have been read and billed, so only methods
 * that are safe by definition are sent again (RFC 9110, section 9.2.2); for the rest the agent decides, as it would directly.
 */
function wasStale(outgoing: ClientRequest, error: NodeJS.ErrnoException): boolean {
  return outgoing.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

function outgoingHeaders(
  request: RequestHead,
  length: number,
  headers: RawHeaders,
  preserveEncoding: boolean,
): RawHeaders {
  const out: [string, string][] = [];
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    // The proxy has answered it, and the whole body is here.
    if (lower === 'expect') continue;
    if (lower === 'accept-encoding' && !preserveEncoding) out.push([name, 'identity']);
    else out.push([name, value]);
  }
  const framed =
    header(out, 'content-length') !== undefined || header(out, 'transfer-encoding') !== undefined;
  const wantsLength = length > 0 || /^(?:POST|PUT|PATCH)$/.test(request.method);
  if (!framed && wantsLength) out.push(['Content-Length', String(length)]);
  return request.httpVersion === '2' ? joinCookies(out) : out;
}

/** HTTP/2 may split cookies over lines; HTTP/1.1 may not (RFC 9113, section 8.2.3). */
function joinCookies(headers: readonly (readonly [string, string])[]): RawHeaders {
  const cookies = headers.filter(([name]) => name.toLowerCase() === 'cookie').map(([, value]) => value);
  if (cookies.length < 2) return headers;
  const others = headers.filter(([name]) => name.toLowerCase() !== 'cookie');
  return [...others, ['cookie', cookies.join('; ')]];
}
