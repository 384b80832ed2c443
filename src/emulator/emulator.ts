import { once } from 'node:events';
import { createServer } from 'node:http';
import { createSecureServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo, Server, Socket } from 'node:net';
import { RewindError } from '../errors.ts';
import type { BehaviourChange } from './behaviour.ts';
import type { Controls } from './control.ts';
import type { Script } from './script.ts';
import { serve } from './serve.ts';
import { EmulatorState } from './state.ts';

export interface EmulatorOptions {
  /** Port for plain HTTP; 0 or absent = a free one. */
  readonly port?: number;
  /** With a certificate, a second port speaks HTTPS (HTTP/1.1 and HTTP/2). PEM. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly tlsPort?: number;
  readonly script?: Script;
  readonly behaviour?: BehaviourChange;
  /** Seeds ids and noise: equal seeds and requests give equal answers, times apart. */
  readonly seed?: string | number;
}

/** The embedded provider. */
export interface Emulator extends Controls {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** `https://127.0.0.1:PORT`, where a certificate was given. */
  readonly tlsUrl?: string;
  close(): Promise<void>;
}

/** Starts a local server, on 127.0.0.1 only, that speaks each vendor's wire format. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const stage = new EmulatorState(options);
  const plain = createServer((request, response) => void serve(stage, request, response));
  plain.requestTimeout = 0;
  plain.keepAliveTimeout = 0;
  const servers: Server[] = [plain];
  const sessions = new Set<ServerHttp2Session>();
  if (options.tls) {
    const secure = createSecureServer({ ...options.tls, allowHTTP1: true }, (request, response) => {
      void serve(stage, request, response);
    });
    secure.on('session', session => {
      sessions.add(session);
      session.once('close', () => sessions.delete(session));
    });
    servers.push(secure);
  }
  const ports = [options.port ?? 0, options.tlsPort ?? 0];
  for (const [index, server] of servers.entries()) await listen(server, ports[index]!);

  const sockets = new Set<Socket>();
  for (const server of servers) {
    server.on('connection', socket => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
  }
  const address = (server: Server) => `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${address(plain)}`,
    ...(servers[1] ? { tlsUrl: `https://${address(servers[1])}` } : {}),
    get requests() {
      return stage.requests;
    },
    get behaviour() {
      return stage.behaviour;
    },
    behave: change => stage.behave(change),
    useScript: script => stage.useScript(script),
    reset: () => stage.reset(),
    async close() {
      const closed = servers.map(server => once(server.close(), 'close'));
      for (const session of sessions) session.destroy();
      for (const socket of sockets) socket.destroy();
      await Promise.all(closed);
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new RewindError(
      'port-taken',
      `The emulator cannot listen on 127.0.0.1:${port}.`,
      'Choose another port.',
      {
        cause: error,
      },
    );
  }
}
