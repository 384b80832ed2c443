import type { ServerResponse } from 'node:http';
import { constants, Http2ServerResponse } from 'node:http2';
import type { Reply } from '../tape/responder.ts';
import type { AnswerHead } from '../wire/exchange.ts';
import { flatHeaders, type RawHeaders } from '../wire/headers.ts';
import { afterFlush, resetConnection } from './client-socket.ts';
import type { ClientResponse } from './combo-server.ts';

/** A reply to the agent's socket. `settled` once it ended or failed. */
export interface ClientReply extends Reply {
  readonly settled: boolean;
}

export function replyTo(response: ClientResponse, request: { readonly httpVersion: string }): ClientReply {
  if (response instanceof Http2ServerResponse) return new Http2Reply(response);
  return new Http1Reply(response as ServerResponse, request.httpVersion === '1.0');
}

/** Bytes that may wait for an HTTP/1 client. With Node's own 16 KB the host would be stopped after each TLS record. */
const MOST_WAITING = 256 * 1024;

/** Head, framing and chunks leave as they came; Node adds no line of its own. */
class Http1Reply implements ClientReply {
  settled = false;
  readonly #response: ServerResponse;
  readonly #oldClient: boolean;
  #flushed = false;

  constructor(response: ServerResponse, oldClient: boolean) {
    this.#response = response;
    this.#oldClient = oldClient;
  }

  label(): void {
    // Labels are for the recorder; the tape puts what the agent may see into its head.
  }

  head({ status, reason, headers }: AnswerHead): void {
    const response = this.#response;
    if (this.settled || response.headersSent) return;
    for (const name of ['connection', 'content-length', 'transfer-encoding', 'date']) {
      response.removeHeader(name);
    }
    response.sendDate = false;
    if (this.#oldClient) response.shouldKeepAlive = false;
    response.writeHead(status, reason, flatHeaders(sendable(headers, this.#oldClient)));
    // With the body's first bytes where they came together, alone where they did not.
    setImmediate(() => {
      if (this.#flushed || response.writableEnded || response.destroyed) return;
      this.#flushed = true;
      response.flushHeaders();
    });
  }

  chunk(bytes: Uint8Array): void | Promise<void> {
    const response = this.#response;
    if (this.settled || bytes.length === 0 || response.destroyed) return;
    this.#flushed = true;
    if (response.write(bytes) || response.writableLength < MOST_WAITING) return;
    return drained(response);
  }

  end(trailers: RawHeaders = []): void {
    if (this.settled) return;
    this.settled = true;
    const response = this.#response;
    if (response.destroyed) return;
    if (trailers.length > 0 && response.chunkedEncoding) {
      response.addTrailers(trailers as [string, string][]);
    }
    response.end();
  }

  fail(how: 'reset' | 'close'): void {
    if (this.settled) return;
    this.settled = true;
    const { socket } = this.#response;
    if (!socket || socket.destroyed) return;
    if (how === 'reset') afterFlush(socket, () => resetConnection(socket));
    else afterFlush(socket, () => socket.destroySoon());
  }
}

class Http2Reply implements ClientReply {
  settled = false;
  readonly #response: Http2ServerResponse;

  constructor(response: Http2ServerResponse) {
    this.#response = response;
  }

  label(): void {
    // As above.
  }

  head({ status, headers }: AnswerHead): void {
    const response = this.#response;
    if (this.settled || response.headersSent) return;
    response.sendDate = false;
    const fields: Record<string, string | string[]> = Object.create(null);
    for (const [name, value] of headers) {
      const lower = name.toLowerCase();
      if (connectionFields.has(lower)) continue;
      const before = fields[lower];
      if (before === undefined) fields[lower] = value;
      else fields[lower] = Array.isArray(before) ? [...before, value] : [before, value];
    }
    response.writeHead(status, fields);
  }

  chunk(bytes: Uint8Array): void | Promise<void> {
    const response = this.#response;
    if (this.settled || bytes.length === 0 || response.stream.destroyed || response.stream.writableEnded)
      return;
    if (response.write(bytes)) return;
    return drained(response.stream);
  }

  end(trailers: RawHeaders = []): void {
    if (this.settled) return;
    this.settled = true;
    const response = this.#response;
    if (response.stream?.destroyed) return;
    for (const [name, value] of trailers) response.addTrailers({ [name.toLowerCase()]: value });
    response.end();
  }

  /** One stream breaks, not its neighbours on the connection. */
  fail(how: 'reset' | 'close'): void {
    if (this.settled) return;
    this.settled = true;
    const { NGHTTP2_INTERNAL_ERROR, NGHTTP2_CANCEL } = constants;
    this.#response.stream?.close(how === 'reset' ? NGHTTP2_INTERNAL_ERROR : NGHTTP2_CANCEL);
  }
}

/** RFC 9113, section 8.2.2: lines that HTTP/2 forbids. */
const connectionFields = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/** HTTP/1.0 knows no chunks; Node refuses a Trailer line without them. */
function sendable(headers: RawHeaders, oldClient: boolean): RawHeaders {
  let chunked = false;
  let trailer = false;
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (lower === 'transfer-encoding') chunked = /chunked/i.test(value);
    else if (lower === 'trailer') trailer = true;
  }
  if (!(oldClient && chunked) && !(trailer && !chunked)) return headers;
  return headers.filter(([name]) => {
    const lower = name.toLowerCase();
    if (lower === 'transfer-encoding') return !oldClient;
    return lower !== 'trailer' || (chunked && !oldClient);
  });
}

function drained(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise(resolve => {
    const go = () => {
      stream.off('drain', go);
      stream.off('close', go);
      resolve();
    };
    stream.once('drain', go);
    stream.once('close', go);
  });
}
