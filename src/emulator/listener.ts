import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import {
  createServer as createHttp2Server,
  createSecureServer,
  type Http2ServerRequest,
  type ServerHttp2Session,
} from 'node:http2';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { RewindError } from '../errors.ts';
import type { Socketed } from './send.ts';

export type Handler = (message: IncomingMessage | Http2ServerRequest, response: Socketed) => Promise<void>;

export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

/** First byte of a TLS record that holds a handshake. */
const TLS_HANDSHAKE = 0x16;
/** Begins the preface of HTTP/2 without TLS (RFC 9113, 3.4); no HTTP/1.1 method begins so. */
const HTTP2_PREFACE = 'PRI';

/**
 * One port on 127.0.0.1 that tells by its first bytes what a client speaks: HTTP/1.1, HTTP/2 without TLS, or TLS
 * (HTTP/1.1 or HTTP/2) where a certificate is given.
 */
export async function listen(
  port: number,
  tls: { readonly key: string; readonly cert: string } | undefined,
  handler: Handler,
): Promise<Listener> {
  const handle = (message: IncomingMessage | Http2ServerRequest, response: Socketed) => {
    void handler(message, response);
  };
  const http = createServer({ requestTimeout: 0, keepAliveTimeout: 0 }, handle);
  const http2 = createHttp2Server(handle);
  const secure = tls && createSecureServer({ ...tls, allowHTTP1: true }, handle);
  const sessions = new Set<ServerHttp2Session>();
  for (const server of [http2, secure]) {
    server?.on('session', session => {
      sessions.add(session);
      session.once('close', () => sessions.delete(session));
    });
  }

  const sockets = new Set<Socket>();
  const front = createTcpServer({ noDelay: true }, socket => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.once('readable', () => {
      const first: Buffer | null = socket.read();
      if (!first) return;
      socket.unshift(first);
      serverFor(first).emit('connection', socket);
    });
  });
  const serverFor = (first: Buffer): Server => {
    if (secure && first[0] === TLS_HANDSHAKE) return secure;
    return first.toString('latin1', 0, HTTP2_PREFACE.length) === HTTP2_PREFACE ? http2 : http;
  };

  front.listen(port, '127.0.0.1');
  try {
    await once(front, 'listening');
  } catch (error) {
    const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    throw new RewindError(
      'port-taken',
      taken
        ? `Port ${port} on 127.0.0.1 is already in use.`
        : `The emulator cannot listen on 127.0.0.1:${port}.`,
      'Choose another port (0 takes a free one).',
      { cause: error },
    );
  }
  return {
    port: (front.address() as AddressInfo).port,
    async close() {
      if (!front.listening) return;
      const closed = once(front.close(), 'close');
      for (const session of sessions) session.destroy();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
