import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { resetConnection } from './client-socket.ts';

/** Joins two connections, bytes untouched, each end's FIN and reset passed on to the other. */
export function joinStreams(client: Duplex, host: Duplex): void {
  client.pipe(host);
  host.pipe(client);
  breakTogether(client, host);
  breakTogether(host, client);
}

function breakTogether(one: Duplex, other: Duplex): void {
  one.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ECONNRESET' && other instanceof Socket) resetConnection(other);
    else other.destroy();
  });
  one.on('close', () => {
    if (!one.readableEnded) other.destroy();
  });
}
