import type { ServerResponse } from 'node:http';
import { Http2ServerResponse } from 'node:http2';
import { isIP, type Socket } from 'node:net';
import type { WebSocketSeen } from '../sessions/web-sockets.ts';
import type { Responder } from '../tape/responder.ts';
import type { RequestHead } from '../wire/exchange.ts';
import type { CertificateAuthority } from './certificates.ts';
import { type ClientReply, replyTo } from './client-reply.ts';
import {
  type ClientRequest,
  type ClientResponse,
  type ComboServer,
  startComboServer,
  viaOf,
} from './combo-server.ts';
import { type ConnectionOptions, Connections } from './connections.ts';
import { type HostMatcher, hostMatcher, isLoopback, splitHost } from './host-pattern.ts';
import { type IncomingRequest, readIncoming } from './incoming.ts';
import { passThrough } from './pass-through.ts';
import { readBody } from './request-body.ts';
import { reverseBaseUrl } from './reverse-path.ts';
import { ToolDesk, toolUrl } from './tool-desk.ts';
import { joinStreams } from './tunnel.ts';
import { handleUpgrade } from './upgrade.ts';
import type { UpstreamMapping } from './upstream-map.ts';
import { keepYoungGenerationSmall } from './young-generation.ts';

export interface ProxyOptions extends ConnectionOptions {
  /** Answers what is intercepted; closed by its owner. */
  readonly responder: Responder;
  readonly ca: CertificateAuthority;
  /** Host patterns whose TLS is ended here and whose every request goes to the responder. */
  readonly interceptHosts: readonly string[];
  /** Every HTTP request goes to the responder; needs an unlimited CA (`ephemeralCertificateAuthority`). */
  readonly allHttp?: boolean;
  /** Default: 127.0.0.1 and a free port. */
  readonly listen?: { readonly host?: string; readonly port?: number };
  /** Which plain-HTTP requests to other hosts go to the responder too; none by default. */
  readonly isLlm?: (head: RequestHead) => boolean;
  /** What becomes of other hosts' traffic and of WebSockets to intercepted ones, which cannot be replayed. Default: pass. */
  readonly otherTraffic?: 'pass' | 'refuse';
  readonly webSockets?: 'pass' | 'refuse';
  /** Where WebSockets go instead of their hosts; a responder knows its own. */
  readonly upstreams?: readonly UpstreamMapping[];
  /** Told of each WebSocket to an intercepted host. `url`: without what may follow its path. */
  readonly onWebSocket?: (asked: IncomingRequest, seen: Omit<WebSocketSeen, 'at'>) => void;
  /** Bytes of a request's body; more gets a 413. Default 512 MB. */
  readonly maxBodyBytes?: number;
  /** Known to the agent's own processes: only they may speak of tools. Everybody who reaches the port may without it. */
  readonly toolToken?: () => string | undefined;
  /** The agent's code has left a named session: the value of its `rewind-session` header. */
  readonly onSessionEnd?: (session: string) => void;
  /** Told of defects of a responder, with their stack, and of what could not be recorded. */
  readonly onError?: (error: Error) => void;
  readonly onNotice?: (message: string) => void;
  /** Stops the proxy at once. */
  readonly signal?: AbortSignal;
}

export interface Proxy {
  readonly port: number;
  /** For HTTPS_PROXY and HTTP_PROXY. `run` comes back as `Ask.run` with each request. */
  url(run?: string): string;
  /** For OPENAI_BASE_URL and its like: `base` (`https://api.openai.com/v1`) by way of this proxy. */
  baseUrl(base: string, run?: string): string;
  /** Requests so far: the next one's `seq`. */
  readonly asked: number;
  /** For REWIND_TOOLS: where SDK helpers speak of tools. */
  toolUrl(token?: string): string;
  /** Requests that the responder is answering. */
  readonly inFlight: number;
  /** Resolves once nothing is in flight. */
  onIdle(): Promise<void>;
  /** Stops listening, lets what is in flight end for `graceMs` (default 500), then cuts. Idempotent. */
  close(graceMs?: number): Promise<void>;
}

const defaultBodyLimit = 512 * 1024 * 1024;

/** Bytes of a body that does not come in one piece. */
const WORTH_AN_UPLOAD = 32 * 1024;

export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  keepYoungGenerationSmall();
  const proxy = new RunningProxy(options);
  await proxy.start();
  return proxy;
}

class RunningProxy implements Proxy {
  readonly #options: ProxyOptions;
  readonly #host: string;
  readonly #intercepts: HostMatcher;
  readonly #connections: Connections;
  readonly #tools: ToolDesk;
  readonly #inFlight = new Set<AbortController>();
  #server: ComboServer | undefined;
  #nextSeq = 0;
  #idle: (() => void)[] = [];
  #closing: Promise<void> | undefined;

  constructor(options: ProxyOptions) {
    this.#options = options;
    this.#host = options.listen?.host ?? '127.0.0.1';
    this.#intercepts = hostMatcher(options.interceptHosts);
    this.#connections = new Connections(options);
    const { responder, toolToken: token, onSessionEnd, onError } = options;
    this.#tools = new ToolDesk({
      responder,
      ...(token === undefined ? {} : { token }),
      ...(onSessionEnd ? { onSessionEnd } : {}),
      ...(onError ? { onError } : {}),
    });
  }

  async start(): Promise<void> {
    const { ca, interceptHosts, allHttp, listen, signal } = this.#options;
    this.#server = await startComboServer({
      host: this.#host,
      port: listen?.port ?? 0,
      issue: host => ca.issue(host),
      caCert: ca.cert,
      interceptHostnames: allHttp ? undefined : interceptedNames(interceptHosts),
      request: (request, response) => this.#handle(request, response),
      connect: (request, socket) => this.#connect(request, socket),
      upgrade: (request, socket, head) =>
        handleUpgrade(request, socket, head, {
          reenter: again => this.#running.reenter(again),
          connections: this.#connections,
          around: { port: this.port, local: this.#local },
          decide: asked => this.#webSocket(asked),
          upstreams: this.#options.upstreams ?? [],
        }),
      tlsRefused: (hostname, cause) => this.#tlsRefused(hostname, cause),
      tunnel: (socket, hostname, port) => void this.#tunnel(socket, hostname, port),
    });
    signal?.addEventListener('abort', () => void this.close(0), { once: true });
  }

  get port(): number {
    return this.#running.port;
  }

  get asked(): number {
    return this.#nextSeq;
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  url(run?: string): string {
    if (run === undefined) return this.#origin;
    const metadata = Buffer.from(JSON.stringify({ tags: [`run:${run}`] })).toString('base64url');
    return this.#origin.replace('//', `//metadata:${metadata}@`);
  }

  baseUrl(base: string, run?: string): string {
    return reverseBaseUrl(this.#origin, base, run);
  }

  toolUrl(token?: string): string {
    return toolUrl(this.#origin, token);
  }

  onIdle(): Promise<void> {
    if (this.#inFlight.size === 0) return Promise.resolve();
    return new Promise(resolve => this.#idle.push(resolve));
  }

  close(graceMs = 500): Promise<void> {
    this.#closing ??= this.#close(graceMs);
    return this.#closing;
  }

  async #close(graceMs: number): Promise<void> {
    this.#running.stopListening();
    if (this.#inFlight.size > 0 && graceMs > 0) {
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise<void>(resolve => {
        timer = setTimeout(resolve, graceMs);
      });
      await Promise.race([this.onIdle(), patience]);
      clearTimeout(timer);
    }
    for (const controller of this.#inFlight) controller.abort();
    this.#tools.close();
    await this.#running.destroy();
    this.#connections.close();
  }

  get #running(): ComboServer {
    if (!this.#server) throw new Error('the proxy has not started');
    return this.#server;
  }

  get #local(): boolean {
    return isLoopback(this.#host) && this.#host !== '0.0.0.0' && this.#host !== '::';
  }

  /** An address that a client can connect to, also where we listen on all. */
  get #origin(): string {
    const host = this.#local || this.#host === '0.0.0.0' || this.#host === '::' ? '127.0.0.1' : this.#host;
    return `http://${host.includes(':') ? `[${host}]` : host}:${this.port}`;
  }

  #handle(request: ClientRequest, response: ClientResponse): void {
    const arrived = performance.now();
    // Broken connections are seen as such: by `close`, and by what reads and writes them.
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    if (request.headers.expect?.toLowerCase() === '100-continue') response.writeContinue();
    const via = viaOf(request.socket, request.headers['proxy-authorization']);
    const incoming = readIncoming(request, via, { port: this.port, local: this.#local });
    if (incoming.kind === 'refused') {
      answerPlainly(response, incoming.status, incoming.message);
    } else if (incoming.kind === 'tool') {
      void this.#tools.handle(incoming, request, response);
    } else if (this.#isForResponder(incoming)) {
      void this.#answer(incoming, arrived, request, response);
    } else if (incoming.approach === 'direct') {
      const { host } = incoming.head;
      answerPlainly(response, 421, `Rewind was sent a request for ${host}, which it does not record.`);
    } else if (this.#options.otherTraffic === 'refuse') {
      answerPlainly(response, 403, `Rewind lets no traffic to ${incoming.head.host} pass in this run.`);
    } else {
      passThrough(request, response, incoming, this.#connections);
    }
  }

  #webSocket(asked: IncomingRequest): 'pass' | 'refuse' {
    const { webSockets = 'pass', otherTraffic = 'pass', onWebSocket, onNotice } = this.#options;
    if (!this.#isForResponder(asked)) return otherTraffic;
    const { scheme, host, path } = asked.head;
    onWebSocket?.(asked, {
      url: `${scheme === 'https' ? 'wss' : 'ws'}://${host}${path.replace(/[?#].*$/s, '')}`,
      passed: webSockets === 'pass',
    });
    onNotice?.(
      webSockets === 'pass'
        ? `A WebSocket to ${host} passes through unrecorded.`
        : `A WebSocket to ${host} was refused: WebSockets are not recorded, so they cannot be replayed.`,
    );
    return webSockets;
  }

  #isForResponder({ approach, head, target }: IncomingRequest): boolean {
    const { allHttp, isLlm } = this.#options;
    return (
      approach === 'base-url' ||
      allHttp ||
      this.#intercepts(target.hostname, target.port) ||
      (isLlm?.(head) ?? false)
    );
  }

  async #answer(
    incoming: IncomingRequest,
    arrived: number,
    request: ClientRequest,
    response: ClientResponse,
  ): Promise<void> {
    const controller = new AbortController();
    const seq = this.#nextSeq++;
    const reply = replyTo(response, request);
    this.#inFlight.add(controller);
    response.once('close', () => {
      if (!reply.settled) controller.abort();
    });
    try {
      const limit = this.#options.maxBodyBytes ?? defaultBodyLimit;
      const announced = request.headers['content-length'];
      const length = Number(announced);
      const upload =
        length >= WORTH_AN_UPLOAD && length <= limit
          ? this.#options.responder.upload?.(incoming.head, length)
          : undefined;
      const body = await readBody(request, limit, announced, upload && (bytes => upload.piece(bytes)));
      if (body.kind !== 'whole') upload?.abandon();
      if (body.kind === 'too-large') {
        answerPlainly(response, 413, 'The request is larger than Rewind was told to take.');
      } else if (body.kind === 'whole') {
        await this.#options.responder.respond(
          {
            seq,
            arrived,
            request: { ...incoming.head, body: body.bytes },
            signal: controller.signal,
            ...(upload && { upload }),
            ...(incoming.site !== undefined && { site: incoming.site }),
            ...(incoming.run !== undefined && { run: incoming.run }),
            ...(incoming.session !== undefined && { session: incoming.session }),
          },
          reply,
        );
      }
    } catch (error) {
      this.#options.onError?.(error as Error);
      if (!reply.settled) breakOff(response, reply);
    } finally {
      this.#inFlight.delete(controller);
      if (this.#inFlight.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
    }
  }

  #tlsRefused(hostname: string | undefined, cause: string): void {
    if (cause !== 'cert-rejected' || hostname === undefined) return;
    this.#options.onNotice?.(
      `A client did not trust Rewind's certificate for ${hostname}, so its call was not recorded. ` +
        'Its runtime may need to be told of the CA; `rewind doctor` checks which can be reached.',
    );
  }

  /** Takes over a CONNECT to a host that is not to be looked into. */
  #connect(request: ClientRequest, socket: Socket | Http2ServerResponse): boolean {
    const { hostname, port = 443 } = splitHost(request.url ?? '');
    // Without a name no certificate can be chosen.
    const inspect = this.#options.allHttp ? !isIP(hostname) : this.#intercepts(hostname, port);
    if (inspect) return false;
    if (socket instanceof Http2ServerResponse) {
      socket.stream.respond({ ':status': 501 }, { endStream: true });
      return true;
    }
    void this.#tunnel(
      socket,
      hostname,
      port,
      `HTTP/${request.httpVersion} 200 Connection established\r\n\r\n`,
    );
    return true;
  }

  /** `greeting`: what a CONNECT is answered with once the host is reached. */
  async #tunnel(client: Socket, hostname: string, port: number, greeting?: string): Promise<void> {
    client.on('error', () => undefined);
    client.allowHalfOpen = true;
    const refuse = (status: string) => {
      if (greeting) client.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
      else client.destroy();
    };
    if (this.#options.otherTraffic === 'refuse')
      return refuse('403 Rewind lets no other traffic pass in this run');
    if (port === this.port && isLoopback(hostname)) return refuse('421 Misdirected Request');
    try {
      const host = await this.#connections.open(hostname, port);
      if (client.destroyed) {
        host.destroy();
        return;
      }
      if (greeting) client.write(greeting);
      joinStreams(client, host);
    } catch {
      // What proxies say, since the client has asked one.
      refuse('502 Bad Gateway');
    }
  }
}

/** Names of hosts whose TLS is opened. No SNI names an IPv6 address, and mockttp takes none. */
function interceptedNames(patterns: readonly string[]): string[] {
  const names = patterns.map(pattern => splitHost(pattern.toLowerCase()).hostname);
  return [...new Set(names)].filter(name => !name.includes(':'));
}

type Status = 400 | 403 | 404 | 413 | 421 | 500;

function answerPlainly(response: ClientResponse, status: Status, message: string): void {
  const body = `${JSON.stringify({ error: { type: 'rewind', message } })}\n`;
  (response as ServerResponse).writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...(response instanceof Http2ServerResponse ? {} : { connection: 'close' }),
  });
  (response as ServerResponse).end(body);
}

function breakOff(response: ClientResponse, reply: ClientReply): void {
  if (response.headersSent) reply.fail('reset', 'internal error');
  else answerPlainly(response, 500, 'Rewind has a defect; its own output says more.');
}
