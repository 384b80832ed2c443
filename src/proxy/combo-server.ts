import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { Server as NetServer, Socket } from 'node:net';
import type { Server as TlsServer } from 'node:tls';
import { RewindError } from '../errors.ts';
import type { IssuedCertificate } from './certificates.ts';
import { muteMockttp } from './mockttp-noise.ts';

/**
 * The only file that touches mockttp. From it comes the server: one port that tells TLS, HTTP/1, HTTP/2, CONNECT and SOCKS
 * apart, ends TLS with a certificate by name, and remembers where a tunnel was to lead. Its rules stay out, since they copy
 * every body (docs/adr/0010).
 *
 * The module is exported but undocumented: the version is pinned, and test/proxy/mockttp-contract.test.ts holds what is
 * relied on.
 */

export type ClientRequest = IncomingMessage | Http2ServerRequest;
export type ClientResponse = ServerResponse | Http2ServerResponse;

export interface ComboServerOptions {
  readonly host: string;
  readonly port: number;
  readonly issue: (host: string) => IssuedCertificate;
  readonly caCert: string;
  /** Host names (with `*`) whose TLS is ended here; undefined: all. */
  readonly interceptHostnames: readonly string[] | undefined;
  readonly request: (request: ClientRequest, response: ClientResponse) => void;
  /** Takes a CONNECT over, or leaves it (false) to mockttp, which then looks into it. */
  readonly connect: (request: ClientRequest, socket: Socket | Http2ServerResponse) => boolean;
  readonly upgrade: (request: IncomingMessage, socket: Socket, head: Buffer) => void;
  /** A connection that is not to be looked into. */
  readonly tunnel: (socket: Socket, hostname: string, port: number) => void;
  /** A client broke the TLS handshake off: mostly, one that does not trust the CA. */
  readonly tlsRefused: (hostname: string | undefined, cause: string) => void;
}

export interface ComboServer {
  readonly port: number;
  /** Treats a connection as if it had just come in. */
  reenter(socket: Socket): void;
  stopListening(): void;
  /** Cuts every connection. */
  destroy(): Promise<void>;
}

/** What is known of the connection that a request came by. */
export interface Via {
  /** `host:port` that the client named by CONNECT or SOCKS. */
  readonly tunnel: string | undefined;
  readonly secure: boolean;
  /** Name in the TLS hello. */
  readonly serverName: string | undefined;
  /** Tags of the proxy URL's `metadata` credentials. */
  readonly tags: readonly string[];
}

/** `proxyAuthorization`: of a request in absolute form, which brings its own. */
export function viaOf(socket: Socket, proxyAuthorization?: string): Via {
  const { symbols, metadataOf } = loadedParts();
  const fields = socket as unknown as Readonly<Record<symbol, unknown>>;
  const metadata = proxyAuthorization
    ? metadataOf(socket, proxyAuthorization)
    : (fields[symbols.SocketMetadata] as Metadata | undefined);
  const tls = fields[symbols.TlsMetadata] as { readonly sniHostname?: string } | undefined;
  return {
    tunnel: fields[symbols.LastTunnelAddress] as string | undefined,
    secure: fields[symbols.LastHopEncrypted] === true,
    serverName: tls?.sniHostname,
    tags: Array.isArray(metadata?.tags) ? metadata.tags.filter(tag => typeof tag === 'string') : [],
  };
}

export async function startComboServer(options: ComboServerOptions): Promise<ComboServer> {
  const { createComboServer } = await loadParts();
  const unmute = muteMockttp();
  try {
    const server = await createComboServer({
      debug: false,
      http2: 'fallback',
      socks: true,
      passthroughUnknownProtocols: true,
      https: {
        key: '',
        cert: options.caCert,
        issue: options.issue,
        ...(options.interceptHostnames && {
          tlsInterceptOnly: options.interceptHostnames.map(hostname => ({ hostname })),
        }),
      },
      requestListener: (request, response) => {
        trusted(request.socket);
        options.request(request, response);
      },
      tlsClientErrorListener: (_socket, failure) =>
        options.tlsRefused(failure.tlsMetadata?.sniHostname, failure.failureCause),
      tlsPassthroughListener: (socket, hostname, port) => options.tunnel(socket, hostname, port ?? 443),
      rawPassthroughListener: (socket, hostname, port) => options.tunnel(socket, hostname, port ?? 443),
    });
    neverTimeOut(server._httpServer);
    leaveReadingToNode(server._tlsServer);
    takeOver(server, options);
    await listen(server, options);
    return {
      port: (server.address() as { readonly port: number }).port,
      reenter: socket => void server._httpServer.emit('connection', socket),
      stopListening: () => void server.close(),
      async destroy() {
        await destroyed(server);
        unmute();
      },
    };
  } catch (error) {
    unmute();
    throw error;
  }
}

function listen(server: NetServer, { host, port }: ComboServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', error => reject(listenError(error, host, port)));
    server.listen({ host, port }, resolve);
  });
}

/** Node closes idle connections after 5 s, which is when httpx would use them again. The agent's own timeouts rule. */
function neverTimeOut(server: HttpServer): void {
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.timeout = 0;
}

/**
 * Node's parser reads a TLS connection by itself, past the stream, as long as nobody listens for `data` once it has begun. mockttp
 * does, to learn that the client trusts the certificate: it must listen before. It then hears nothing; `trusted` tells it instead.
 */
function leaveReadingToNode(tlsServer: TlsServer): void {
  const [serve, ...watch] = tlsServer.listeners('secureConnection') as ((socket: Socket) => void)[];
  if (!serve) throw new Error('mockttp serves TLS connections in another way: the pinned version changed');
  tlsServer.removeAllListeners('secureConnection');
  for (const each of [...watch, serve]) tlsServer.on('secureConnection', each);
}

/** Who sends a request trusts the certificate. Else a connection that is closed soon counts as refused. */
function trusted(socket: Socket): void {
  (socket as unknown as Record<symbol, unknown>)[loadedParts().symbols.TlsSetupCompleted] = true;
}

function takeOver(server: PolyglotServer, options: ComboServerOptions): void {
  const [connectByMockttp] = server.listeners('connect') as ((...parts: unknown[]) => void)[];
  if (!connectByMockttp) throw new Error('mockttp has no CONNECT listener: the pinned version changed');
  server.removeAllListeners('connect');
  server.on('connect', (request: IncomingMessage, socket: Socket, head?: Buffer) => {
    // Some clients send their TLS hello without waiting for the 200.
    if (head?.length) socket.unshift(head);
    if (!options.connect(request, socket)) connectByMockttp.call(server, request, socket, head);
  });
  server.on('upgrade', options.upgrade);
}

/** The listening socket may be closed already; connections are cut all the same. */
async function destroyed(server: PolyglotServer): Promise<void> {
  try {
    await server.destroy();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SERVER_NOT_RUNNING') throw error;
  }
}

/** httpolyglot's server: one listening socket, with a sub-server for each protocol. */
interface PolyglotServer extends NetServer {
  readonly _httpServer: HttpServer;
  readonly _tlsServer: TlsServer;
  destroy(): Promise<void>;
}

interface Metadata {
  readonly tags?: unknown;
}

interface CaOptions {
  readonly key: string;
  readonly cert: string;
  readonly issue?: ComboServerOptions['issue'];
  readonly tlsInterceptOnly?: readonly { readonly hostname: string }[];
}

interface ComboModule {
  createComboServer(options: {
    readonly debug: boolean;
    readonly http2: 'fallback';
    readonly socks: boolean;
    readonly passthroughUnknownProtocols: boolean;
    readonly https: CaOptions;
    readonly requestListener: ComboServerOptions['request'];
    readonly tlsClientErrorListener: (
      socket: Socket,
      failure: { readonly failureCause: string; readonly tlsMetadata?: { readonly sniHostname?: string } },
    ) => void;
    readonly tlsPassthroughListener: (socket: Socket, hostname: string, port?: number) => void;
    readonly rawPassthroughListener: (socket: Socket, hostname: string, port?: number) => void;
  }): Promise<PolyglotServer>;
}

interface CertificatesModule {
  getCA: (options: CaOptions) => Promise<{ generateCertificate(host: string): Promise<object> }>;
}

interface Symbols {
  readonly LastTunnelAddress: symbol;
  readonly LastHopEncrypted: symbol;
  readonly SocketMetadata: symbol;
  readonly TlsMetadata: symbol;
  readonly TlsSetupCompleted: symbol;
}

interface MetadataModule {
  getSocketMetadataFromProxyAuth(socket: Socket, proxyAuthorization: string): Metadata | undefined;
}

interface Parts extends ComboModule {
  readonly symbols: Symbols;
  readonly metadataOf: MetadataModule['getSocketMetadataFromProxyAuth'];
}

type CommonJs<T extends readonly unknown[]> = { readonly [I in keyof T]: { readonly default: T[I] } };

let parts: Parts | undefined;

function loadedParts(): Parts {
  if (!parts) throw new Error('mockttp is not loaded');
  return parts;
}

/** Late, since it is the largest part of the start. */
async function loadParts(): Promise<Parts> {
  if (parts) return parts;
  const [combo, certificates, sockets, metadata] = (await Promise.all([
    import('mockttp/dist/server/http-combo-server'),
    import('mockttp/dist/util/certificates'),
    import('mockttp/dist/util/socket-extensions'),
    import('mockttp/dist/util/socket-metadata'),
  ])) as unknown as CommonJs<[ComboModule, CertificatesModule, Symbols, MetadataModule]>;
  if (!parts) issueByUs(certificates.default);
  parts = {
    createComboServer: combo.default.createComboServer,
    symbols: sockets.default,
    metadataOf: metadata.default.getSocketMetadataFromProxyAuth,
  };
  return parts;
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

function listenError(error: Error, host: string, port: number): Error {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE') {
    return new RewindError(
      'port-taken',
      `Port ${port} on ${host} is already in use.`,
      'Stop the program that holds it, or choose another port (0 takes a free one).',
      { cause: error },
    );
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new RewindError(
      'cannot-listen',
      `The proxy cannot listen on ${host}:${port} (${code}).`,
      'Choose a port above 1023 and an address of this machine.',
      { cause: error },
    );
  }
  return error;
}
