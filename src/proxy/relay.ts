import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Reply } from '../tape/responder.ts';
import { pairedHeaders } from '../wire/headers.ts';

/**
 * Passes the answer to `outgoing` on, chunk by chunk as it comes, and breaks as it breaks. Resolves when nothing more will
 * come. `mayRetry` is asked before a connection that broke without an answer is reported; true: the caller tries again.
 * `early`: the answer, where it came before this was called.
 */
export function relay(
  outgoing: ClientRequest,
  reply: Reply,
  signal: AbortSignal,
  mayRetry: (error: NodeJS.ErrnoException) => boolean = () => false,
  early?: IncomingMessage,
): Promise<'done' | 'retry'> {
  return new Promise(resolve => {
    const done = () => resolve('done');
    let answered = false;
    let reset: Error | undefined;
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      // Mid-answer, this comes only for a true reset, and before the answer's own "aborted".
      reset = error;
      if (answered) return;
      if (signal.aborted) return done();
      if (mayRetry(error)) return resolve('retry');
      reply.fail(isEarlyClose(error) ? 'close' : 'reset', error.message);
      done();
    });
    const pass = (answer: IncomingMessage) => {
      answered = true;
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
        done();
      });
      answer.on('error', (error: Error) => {
        if (!signal.aborted) {
          if (reset) reply.fail('reset', reset.message);
          else reply.fail('close', error.message === 'aborted' ? 'socket hang up' : error.message);
        }
        done();
      });
      answer.on('close', done);
    };
    if (early) pass(early);
    else outgoing.on('response', pass);
  });
}

/** Node's word for a FIN where an answer was due. */
function isEarlyClose(error: NodeJS.ErrnoException): boolean {
  return error.code === 'ECONNRESET' && error.message === 'socket hang up';
}
