import type { RequestHead } from '../wire/exchange.ts';
import { pairedHeaders } from '../wire/headers.ts';
import { type ClientReply, replyTo } from './client-reply.ts';
import type { Connections, Target } from './connections.ts';
import type { MockttpRequest, MockttpResponse } from './mockttp.ts';

/** Sends an HTTP request that is none of our business on its way, both directions streaming, nothing kept. */
export function passThrough(
  request: MockttpRequest,
  response: MockttpResponse,
  head: RequestHead,
  target: Target,
  connections: Connections,
): Promise<void> {
  const reply: ClientReply = replyTo(response, request);
  return new Promise(resolve => {
    const outgoing = connections.request(target, head.method, head.path, head.headers);
    response.once('close', () => {
      if (!reply.settled) outgoing.destroy();
      resolve();
    });
    outgoing.on('error', (error: Error) => {
      reply.fail(error.message === 'socket hang up' ? 'close' : 'reset', error.message);
      resolve();
    });
    outgoing.on('response', answer => {
      reply.head({
        status: answer.statusCode ?? 0,
        reason: answer.statusMessage ?? '',
        headers: pairedHeaders(answer.rawHeaders),
      });
      answer.on('data', (bytes: Buffer) => {
        const room = reply.chunk(bytes);
        if (!room) return;
        answer.pause();
        room.then(() => answer.resume());
      });
      answer.on('end', () => {
        reply.end(pairedHeaders(answer.rawTrailers));
        resolve();
      });
      answer.on('error', (error: Error) => {
        reply.fail('close', error.message);
        resolve();
      });
    });
    request.pipe(outgoing);
  });
}
