import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { Server as NetServer, type Socket } from 'node:net';
import { RewindError } from '../errors.ts';
import type { RawHeaders } from '../wire/headers.ts';
import type { IssuedCertificate } from './certificates.ts';
import { muteMockttp } from './mockttp-noise.ts';

/**
 * The only file that touches mockttp. It is used for what it is best at, one port that tells TLS, HTTP/1, HTTP/2, CONNECT and
 * SOCKS apart and calls back with a destination; answers never go through its rules (docs/adr/0010).
 *
 * Four seams are undocumented and held by test/proxy/mockttp-contract.test.ts; the version is pinned for them:
 * a step's own `handle`, `getCA` of its certificates module, the `server` field, and the `passthroughSocket` method.
 */

/** What mockttp makes of a request before it calls a step's `handle`. */
export type MockttpRequest = Omit<IncomingMessage, 'rawHeaders'> & {
  /** mockttp makes pairs of Node's flat list. */
  readonly rawHeaders: RawHeaders;
  /** The request line's target, as sent. */
  readonly originalUrl: string;
  readonly destination: { readonly hostname: string; readonly port: number };
  readonly protocol: string;
  readonly path: string;
  readonly tags: readonly string[];
  /** `performance.now()` of the head's arrival. */
  readonly timingEvents: { readonly startTimestamp: number };
};

export type MockttpResponse = ServerResponse | Http2ServerResponse;

/** `host:port` that a connection named by CONNECT or SOCKS. */
export function tunnelAddressOf(socket: Socket): string | undefined {
  return (socket as unknown as Readonly<Record<symbol, string | undefined>>)[tunnelAddress];
}

let tunnelAddress = Symbol('mockttp is not loaded');

export interface MockttpOptions {
  readonly host: string;
  readonly port: number;
  readonly issue: (host: string) => IssuedCertificate;
  readonly caCert: string;
  /** Host names (with `*`) whose TLS is ended here; undefined: all. */
  readonly interceptHostnames: readonly string[] | undefined;
  readonly handle: (request: MockttpRequest, response: MockttpResponse) => Promise<void>;
  /** Takes a CONNECT over or leaves it (false) to mockttp, which then ends the TLS inside. */
  readonly connect: (
    request: IncomingMessage | Http2ServerRequest,
    socket: Socket | Http2ServerResponse,
  ) => boolean;
  readonly upgrade: (request: IncomingMessage, socket: Socket, head: Buffer) => void;
  /** A connection that is not to be looked into. */
  readonly tunnel: (socket: Socket, hostname: string, port: number) => void;
}

export interface RunningMockttp {
  readonly port: number;
  readonly server: PolyglotServer;
  stop(): Promise<void>;
}

/** httpolyglot's server: one listening socket, with a sub-server for each protocol. */
export interface PolyglotServer extends NetServer {
  readonly _httpServer: HttpServer;
}

export async function startMockttp(options: MockttpOptions): Promise<RunningMockttp> {
  const unmute = muteMockttp();
  try {
    const running = await listen(options);
    return {
      ...running,
      async stop() {
        await running.stop();
        unmute();
      },
    };
  } catch (error) {
    unmute();
    throw listenError(error, options);
  }
}

async function listen(options: MockttpOptions): Promise<RunningMockttp> {
  const { MockttpServer, CallbackStep, WildcardMatcher } = await loadMockttp();
  const mockttp = new MockttpServer({
    recordTraffic: false,
    suggestChanges: false,
    socks: true,
    http2: 'fallback',
    passthrough: ['unknown-protocol'],
    https: {
      key: '',
      cert: options.caCert,
      issue: options.issue,
      ...(options.interceptHostnames && {
        tlsInterceptOnly: options.interceptHostnames.map(hostname => ({ hostname })),
      }),
    },
  });
  mockttp.passthroughSocket = (_type, socket, hostname, port) => {
    options.tunnel(socket, hostname, port ?? 443);
  };
  let server: PolyglotServer | undefined;
  Object.defineProperty(mockttp, 'server', {
    configurable: true,
    get: () => server,
    set: (created: PolyglotServer) => {
      server = created;
      bindTo(created, options.host);
      neverTimeOut(created._httpServer);
    },
  });
  const step = Object.assign(new CallbackStep(() => ({})), { handle: options.handle });
  await mockttp.addRequestRule({ matchers: [new WildcardMatcher()], steps: [step] });
  await mockttp.start(options.port);
  if (!server) throw new Error('mockttp started without its server field: the pinned version changed');
  takeOver(server, options);
  return { port: mockttp.port, server, stop: () => stopped(mockttp.stop()) };
}

/** The listening socket may be closed already; connections are cut all the same. */
async function stopped(stopping: Promise<void>): Promise<void> {
  try {
    await stopping;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SERVER_NOT_RUNNING') throw error;
  }
}

/** mockttp listens on all interfaces; here it cannot. */
function bindTo(server: NetServer, host: string): void {
  server.listen = ((port: number) =>
    NetServer.prototype.listen.call(server, { port, host })) as NetServer['listen'];
}

/** Node closes idle connections after 5 s, which is when httpx would use them again. The agent's own timeouts rule. */
function neverTimeOut(server: HttpServer): void {
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.timeout = 0;
}

function takeOver(server: PolyglotServer, options: MockttpOptions): void {
  const [connectByMockttp] = server.listeners('connect') as ((...parts: unknown[]) => void)[];
  if (!connectByMockttp) throw new Error('mockttp has no CONNECT listener: the pinned version changed');
  server.removeAllListeners('connect');
  server.on('connect', (request: IncomingMessage, socket: Socket, head?: Buffer) => {
    // Some clients send their TLS hello without waiting for the 200.
    if (head?.length) socket.unshift(head);
    if (!options.connect(request, socket)) connectByMockttp.call(server, request, socket, head);
  });
  server.removeAllListeners('upgrade');
  server.on('upgrade', options.upgrade);
}

interface MockttpServer {
  passthroughSocket: (type: string, socket: Socket, hostname: string, port?: number) => void;
  readonly port: number;
  addRequestRule(rule: {
    readonly matchers: readonly unknown[];
    readonly steps: readonly unknown[];
  }): Promise<unknown>;
  start(port: number): Promise<void>;
  stop(): Promise<void>;
}

interface Modules {
  readonly MockttpServer: new (options: object) => MockttpServer;
  readonly CallbackStep: new (callback: () => object) => object;
  readonly WildcardMatcher: new () => object;
}

interface CaOptions {
  readonly cert: string;
  readonly issue?: MockttpOptions['issue'];
}

interface CertificatesModule {
  getCA: (options: CaOptions) => Promise<{ generateCertificate(host: string): Promise<object> }>;
}

type CommonJs<T extends readonly unknown[]> = { readonly [I in keyof T]: { readonly default: T[I] } };

let loaded: Promise<Modules> | undefined;

/** Late, since it is the largest part of the start; narrow, since its main module also loads the remote client. */
function loadMockttp(): Promise<Modules> {
  loaded ??= (async () => {
    const [server, steps, matchers, certificates, sockets] = (await Promise.all([
      import('mockttp/dist/server/mockttp-server'),
      import('mockttp/dist/rules/requests/request-step-definitions'),
      import('mockttp/dist/rules/matchers'),
      import('mockttp/dist/util/certificates'),
      import('mockttp/dist/util/socket-extensions'),
    ])) as unknown as CommonJs<
      [
        Pick<Modules, 'MockttpServer'>,
        Pick<Modules, 'CallbackStep'>,
        Pick<Modules, 'WildcardMatcher'>,
        CertificatesModule,
        { readonly LastTunnelAddress: symbol },
      ]
    >;
    issueByUs(certificates.default);
    tunnelAddress = sockets.default.LastTunnelAddress;
    const { MockttpServer } = server.default;
    const { CallbackStep } = steps.default;
    const { WildcardMatcher } = matchers.default;
    return { MockttpServer, CallbackStep, WildcardMatcher };
  })();
  return loaded;
}

/** mockttp's own certificates cost 100 ms of RSA key a process and cannot name an IP address. */
function issueByUs(certificates: CertificatesModule): void {
  const byMockttp = certificates.getCA;
  certificates.getCA = async options => {
    const { issue } = options;
    if (!issue) return byMockttp(options);
    return { generateCertificate: async host => ({ ...issue(host), ca: options.cert }) };
  };
}

function listenError(error: unknown, { host, port }: MockttpOptions): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE') {
    return new RewindError(
      'port-taken',
      `Port ${port} on ${host} is already in use.`,
      'Stop the program that holds it, or choose another port (0 takes a free one).',
      { cause: error },
    );
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL') {
    return new RewindError(
      'cannot-listen',
      `The proxy cannot listen on ${host}:${port} (${code}).`,
      'Choose a port above 1023 and an address of this machine.',
      { cause: error },
    );
  }
  return error;
}
