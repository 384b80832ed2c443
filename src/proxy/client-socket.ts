import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** Sends a true TCP RST, from under TLS where there is TLS. */
export function resetConnection(socket: Socket): void {
  let innermost = socket;
  while (innermost instanceof TLSSocket) {
    const parent = (innermost as TLSSocket & { readonly _parent?: Socket })._parent;
    if (!parent) break;
    innermost = parent;
  }
  try {
    innermost.resetAndDestroy();
  } catch {
    // Not a TCP socket underneath (a tunnel inside HTTP/2): it can only be closed.
    innermost.destroy();
  }
  socket.destroy();
}

/** Runs `next` once all that was written has gone to the kernel, or the socket has died. */
export function afterFlush(socket: Socket, next: () => void): void {
  // Node corks a turn's chunks until its end.
  setImmediate(() => {
    if (socket.destroyed || socket.writableLength === 0) return next();
    const go = () => {
      socket.off('drain', go);
      socket.off('close', go);
      next();
    };
    socket.once('drain', go);
    socket.once('close', go);
  });
}
