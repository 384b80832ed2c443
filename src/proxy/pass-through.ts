import { replyTo } from './client-reply.ts';
import type { ClientRequest, ClientResponse } from './combo-server.ts';
import type { Connections } from './connections.ts';
import type { IncomingRequest } from './incoming.ts';
import { relay } from './relay.ts';

/** Sends an HTTP request that is none of our business on its way, both directions streaming, nothing kept. */
export function passThrough(
  request: ClientRequest,
  response: ClientResponse,
  { head, target }: IncomingRequest,
  connections: Connections,
): void {
  const reply = replyTo(response, request);
  const outgoing = connections.request(target, head.method, head.path, head.headers);
  const controller = new AbortController();
  response.once('close', () => {
    if (reply.settled) return;
    controller.abort();
    outgoing.destroy();
  });
  void relay(outgoing, reply, controller.signal);
  // A body may wait for what the host says to the head.
  outgoing.flushHeaders();
  request.pipe(outgoing);
}
