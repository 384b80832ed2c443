import { readFileSync } from 'node:fs';
import { type AgentOptions, type ClientRequest, Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest, type RequestOptions } from 'node:https';
import { isIP, connect as netConnect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  type ConnectionOptions as ConnectionOptionsOfTls,
  createSecureContext,
  rootCertificates,
  type SecureContext,
  connect as tlsConnect,
} from 'node:tls';
import { RewindError } from '../errors.ts';
import type { RawHeaders } from '../wire/headers.ts';
import { flatHeaders, header } from '../wire/headers.ts';
import { joinHost } from './host-pattern.ts';
import { type ParentProxy, type ProxyAddress, parentFor } from './parent-proxy.ts';

/** Where a request goes on the network. */
export interface Target {
  readonly scheme: 'http' | 'https';
  readonly hostname: string;
  readonly port: number;
}

export interface ConnectionOptions {
  readonly parentProxy?: ParentProxy | undefined;
  /** PEM files of CAs to trust on top of the public ones: the user's NODE_EXTRA_CA_CERTS and the like. */
  readonly trustedCaFiles?: readonly string[] | undefined;
}

/**
 * An unused connection is closed after 4 s, as undici does, before most servers would close it under us: a request sent into
 * a connection that just died cannot be repeated without the risk of a second bill.
 */
const idleMs = 4000;
/** Node's own limit of 16 KB is too small for some gateways. */
const maxHeaderSize = 256 * 1024;

/** All connections that leave the machine: pooled, verified, through the parent proxy where there is one. */
export class Connections {
  readonly #options: ConnectionOptions;
  readonly #plain: HttpAgent;
  readonly #secure: HttpsAgent;
  readonly #viaParent = new Map<ProxyAddress, TunnelAgent>();
  readonly #tls: { readonly secureContext?: SecureContext };

  constructor(options: ConnectionOptions = {}) {
    this.#options = options;
    const context = trusting(options.trustedCaFiles ?? []);
    this.#tls = context ? { secureContext: context } : {};
    this.#plain = new HttpAgent(pooled);
    this.#secure = new HttpsAgent({ ...pooled, ...this.#tls });
  }

  /** An unsent request; header lines go out as they are, in order and case, and none is added but Host and framing. */
  request(target: Target, method: string, path: string, headers: RawHeaders): ClientRequest {
    const request = this.#unsent(target, method, path, headers);
    // Node reads this from headers that are set, not from lines; the next request on such a connection is answered with 400.
    if (/\bclose\b/i.test(header(headers, 'connection') ?? '')) request.shouldKeepAlive = false;
    return request;
  }

  #unsent(target: Target, method: string, path: string, headers: RawHeaders): ClientRequest {
    const { scheme, hostname, port } = target;
    const parent = parentFor(this.#options.parentProxy, scheme, hostname, port);
    const common = { method, setDefaultHeaders: false, maxHeaderSize, setHost: false };
    if (scheme === 'https') {
      return httpsRequest({
        ...common,
        path,
        hostname,
        port,
        servername: isIP(hostname) ? '' : hostname,
        headers: flatHeaders(headers),
        agent: parent ? this.#agentVia(parent) : this.#secure,
      });
    }
    if (!parent) {
      return httpRequest({
        ...common,
        path,
        hostname,
        port,
        headers: flatHeaders(headers),
        agent: this.#plain,
      });
    }
    const proxied: RawHeaders = parent.authorization
      ? [...headers, ['Proxy-Authorization', parent.authorization]]
      : headers;
    const send = parent.secure ? httpsRequest : httpRequest;
    return send({
      ...common,
      path: `http://${joinHost('http', hostname, port)}${path}`,
      hostname: parent.hostname,
      port: parent.port,
      headers: flatHeaders(proxied),
      agent: parent.secure ? this.#secure : this.#plain,
    });
  }

  /** A raw connection to a host, by CONNECT where a parent proxy stands between. Rejects with the socket's error. */
  open(hostname: string, port: number): Promise<Duplex> {
    const parent = parentFor(this.#options.parentProxy, 'https', hostname, port);
    if (parent) return this.#connectThrough(parent, hostname, port);
    return new Promise((resolve, reject) => {
      const socket = netConnect({ host: hostname, port, noDelay: true, allowHalfOpen: true });
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(socket);
      });
      socket.once('error', reject);
    });
  }

  /** As `open`, with TLS inside and HTTP/1.1 agreed on: for what cannot be pooled (WebSockets). */
  async openSecure(hostname: string, port: number): Promise<Duplex> {
    const socket = await this.open(hostname, port);
    return new Promise((resolve, reject) => {
      const secure = tlsConnect({
        ...this.#tls,
        socket,
        ALPNProtocols: ['http/1.1'],
        servername: isIP(hostname) ? '' : hostname,
        host: hostname,
      });
      secure.once('secureConnect', () => {
        secure.off('error', reject);
        resolve(secure);
      });
      secure.once('error', reject);
    });
  }

  close(): void {
    this.#plain.destroy();
    this.#secure.destroy();
    for (const agent of this.#viaParent.values()) agent.destroy();
  }

  #agentVia(parent: ProxyAddress): TunnelAgent {
    let agent = this.#viaParent.get(parent);
    if (!agent) {
      agent = new TunnelAgent({ ...pooled, ...this.#tls }, (hostname, port) =>
        this.#connectThrough(parent, hostname, port),
      );
      this.#viaParent.set(parent, agent);
    }
    return agent;
  }

  #connectThrough(parent: ProxyAddress, hostname: string, port: number): Promise<Socket> {
    const authority = `${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`;
    return new Promise((resolve, reject) => {
      const send = parent.secure ? httpsRequest : httpRequest;
      const request = send({
        method: 'CONNECT',
        hostname: parent.hostname,
        port: parent.port,
        path: authority,
        agent: false,
        ...(parent.secure && this.#tls),
        headers: {
          host: authority,
          ...(parent.authorization && { 'proxy-authorization': parent.authorization }),
        },
      });
      request.once('connect', (response, socket: Socket, head) => {
        if (response.statusCode !== 200) {
          socket.destroy();
          const said = `${response.statusCode} ${response.statusMessage ?? ''}`.trim();
          reject(new Error(`parent proxy ${parent.hostname}:${parent.port} refused CONNECT: ${said}`));
          return;
        }
        if (head.length) socket.unshift(head);
        socket.setNoDelay(true);
        resolve(socket);
      });
      request.once('error', reject);
      request.end();
    });
  }
}

const pooled: AgentOptions & { readonly noDelay: boolean } = {
  keepAlive: true,
  maxSockets: Number.POSITIVE_INFINITY,
  maxFreeSockets: 256,
  scheduling: 'lifo',
  timeout: idleMs,
  noDelay: true,
};

/** Pools TLS connections that run inside a parent proxy's tunnels. */
class TunnelAgent extends HttpsAgent {
  readonly #connect: (hostname: string, port: number) => Promise<Socket>;

  constructor(options: AgentOptions, connect: (hostname: string, port: number) => Promise<Socket>) {
    super(options);
    this.#connect = connect;
  }

  override createConnection(
    options: RequestOptions,
    done: (error: Error | null, socket: Duplex) => void = () => undefined,
  ): undefined {
    const { host, port } = options;
    this.#connect(host ?? '', Number(port ?? 443)).then(
      socket => done(null, tlsConnect({ ...(options as ConnectionOptionsOfTls), socket })),
      // The types know no failure; the agent does.
      (error: Error) => done(error, undefined as unknown as Duplex),
    );
  }
}

/** Undefined where the runtime's own store will do: it is shared, a context of our own is parsed once. */
function trusting(files: readonly string[]): SecureContext | undefined {
  if (files.length === 0) return undefined;
  const extra = files.map(file => {
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      throw new RewindError(
        'ca-file-unreadable',
        `The CA file ${file} cannot be read: ${(error as Error).message}`,
        'Correct the path in NODE_EXTRA_CA_CERTS or --ca, or unset it.',
        { cause: error },
      );
    }
  });
  return createSecureContext({ ca: [...rootCertificates, ...extra] });
}
