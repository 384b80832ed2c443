import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { pairedHeaders } from '../wire/headers.ts';
import { viaOf } from './combo-server.ts';
import type { Connections, Target } from './connections.ts';
import { defaultPort, isLoopback, joinHost, splitHost } from './host-pattern.ts';
import { isReversePath, parseReversePath, refusalOfDirectRequest } from './reverse-path.ts';
import { joinStreams } from './tunnel.ts';

export interface UpgradeOptions {
  /** Treats a connection as if it had just come in. */
  readonly reenter: (socket: Socket) => void;
  readonly connections: Connections;
  readonly port: number;
  readonly refuse: boolean;
  readonly notice: (message: string) => void;
}

/**
 * WebSockets run through untouched and unrecorded. Other upgrades (Java's client asks for h2c on every first plain request)
 * are declined as servers decline them: the request is answered as if the line were not there.
 */
export function handleUpgrade(
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
  options: UpgradeOptions,
): void {
  socket.on('error', () => undefined);
  if (!/websocket/i.test(request.headers.upgrade ?? '')) {
    readAgain(request, socket, head, options.reenter);
    return;
  }
  const to = targetOf(request, socket, options.port);
  const refuse = (status: string) =>
    socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
  if (!to) {
    refuse('403 Forbidden');
    return;
  }
  const name = joinHost(to.target.scheme, to.target.hostname, to.target.port);
  if (options.refuse) {
    options.notice(
      `A WebSocket to ${name} was refused: WebSockets are not recorded, so they cannot be replayed.`,
    );
    refuse('501 WebSockets are not recorded');
    return;
  }
  options.notice(`A WebSocket to ${name} passes through unrecorded.`);
  const { hostname, port, scheme } = to.target;
  const opening =
    scheme === 'https'
      ? options.connections.openSecure(hostname, port)
      : options.connections.open(hostname, port);
  opening.then(
    host => {
      if (socket.destroyed) {
        host.destroy();
        return;
      }
      host.write(headText(request, to.path, ['host'], [['Host', name]]));
      if (head.length) host.write(head);
      joinStreams(socket, host);
    },
    () => socket.destroy(),
  );
}

function targetOf(
  request: IncomingMessage,
  socket: Socket,
  ownPort: number,
): { readonly target: Target; readonly path: string } | undefined {
  const url = request.url ?? '/';
  const { tunnel, secure } = viaOf(socket);
  if (/^(?:ws|http)s?:\/\//i.test(url) && URL.canParse(url)) {
    const { protocol, hostname, port, pathname, search } = new URL(url);
    const scheme = /s:$/.test(protocol) ? 'https' : 'http';
    const target: Target = { scheme, hostname, port: Number(port) || defaultPort(scheme) };
    return { target, path: `${pathname}${search}` };
  }
  if (!tunnel && isReversePath(url)) {
    if (refusalOfDirectRequest(request.headers, true)) return undefined;
    const reverse = parseReversePath(url);
    return reverse && { target: reverse.target, path: reverse.path };
  }
  const scheme = secure ? 'https' : 'http';
  const { hostname, port = defaultPort(scheme) } = splitHost(tunnel ?? request.headers.host ?? '');
  if (!hostname || (port === ownPort && (isLoopback(hostname) || !tunnel))) return undefined;
  return { target: { scheme, hostname, port }, path: url };
}

function readAgain(
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
  reenter: (socket: Socket) => void,
): void {
  const text = headText(request, request.url ?? '/', ['upgrade', 'connection', 'http2-settings'], []);
  socket.unshift(Buffer.concat([Buffer.from(text, 'latin1'), head]));
  reenter(socket);
}

function headText(
  request: IncomingMessage,
  path: string,
  without: readonly string[],
  added: readonly (readonly [string, string])[],
): string {
  const kept = pairedHeaders(request.rawHeaders).filter(([name]) => {
    const lower = name.toLowerCase();
    return !without.includes(lower) && !lower.startsWith('x-rewind-') && !lower.startsWith('proxy-');
  });
  const lines = [...added, ...kept].map(([name, value]) => `${name}: ${value}\r\n`);
  return `${request.method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}
