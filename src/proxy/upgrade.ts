import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { pairedHeaders } from '../wire/headers.ts';
import { viaOf } from './combo-server.ts';
import type { Connections } from './connections.ts';
import { joinHost } from './host-pattern.ts';
import { type IncomingRequest, isPrivate, readIncoming, type Surroundings } from './incoming.ts';
import { joinStreams } from './tunnel.ts';
import { routeOf, type UpstreamMapping } from './upstream-map.ts';

export interface UpgradeOptions {
  /** Treats a connection as if it had just come in. */
  readonly reenter: (socket: Socket) => void;
  readonly connections: Connections;
  readonly around: Surroundings;
  /** What becomes of it; told once for each. */
  readonly decide: (asked: IncomingRequest) => 'pass' | 'refuse';
  /** Hosts that are sent elsewhere. */
  readonly upstreams: readonly UpstreamMapping[];
}

const NOT_RECORDED = 'Rewind does not record WebSockets, so this one cannot be replayed.';

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
  const asked = readIncoming(request, viaOf(socket, request.headers['proxy-authorization']), options.around);
  if (asked.kind !== 'request') {
    refuse(socket, '403 Forbidden', asked.kind === 'refused' ? asked.message : '');
    return;
  }
  if (options.decide(asked) === 'refuse') {
    refuse(socket, '501 WebSockets are not recorded', NOT_RECORDED);
    return;
  }
  const { target, path } = routeOf(asked.head, options.upstreams);
  const { hostname, port, scheme } = target;
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
      const name = joinHost(scheme, hostname, port);
      host.write(headText(request, path, ['host'], [['Host', name]]));
      if (head.length) host.write(head);
      joinStreams(socket, host);
    },
    () => socket.destroy(),
  );
}

function refuse(socket: Socket, status: string, why: string): void {
  const body = why === '' ? '' : `${why}\n`;
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  );
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
    return !without.includes(lower) && !isPrivate(lower);
  });
  const lines = [...added, ...kept].map(([name, value]) => `${name}: ${value}\r\n`);
  return `${request.method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}
