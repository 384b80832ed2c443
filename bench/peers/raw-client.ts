import { openTlsSocket } from './client.ts';

/** As `openClient`, at a fraction of its cost, so that what is measured is the server: bytes out, bytes in, length by header. */
export interface RawClient {
  /** Milliseconds until the whole answer is there. */
  post(path: string, body: Buffer): Promise<number>;
  close(): void;
}

export async function openRawClient(options: {
  readonly port: number;
  readonly ca: string;
  readonly proxyPort?: number;
}): Promise<RawClient> {
  const socket = await openTlsSocket(options);
  const head = `HTTP/1.1\r\nHost: localhost:${options.port}\r\nContent-Type: application/json\r\nContent-Length: `;
  let waiting: { started: number; resolve: (ms: number) => void; reject: (error: Error) => void } | undefined;
  let left = Number.NaN;
  let seen = '';
  const fail = (error: Error): void => waiting?.reject(error);
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('closed')));
  socket.on('data', (bytes: Buffer) => {
    if (Number.isNaN(left)) {
      seen += bytes.toString('latin1');
      const end = seen.indexOf('\r\n\r\n');
      if (end < 0) return;
      if (!seen.startsWith('HTTP/1.1 200 ')) return fail(new Error(seen.slice(0, seen.indexOf('\r'))));
      const length = /\r\ncontent-length: *(\d+)/i.exec(seen.slice(0, end))?.[1];
      left = Number(length) - (seen.length - end - 4);
    } else left -= bytes.length;
    if (left > 0) return;
    waiting?.resolve(performance.now() - waiting.started);
    waiting = undefined;
  });
  return {
    post(path, body) {
      const request = Buffer.concat([Buffer.from(`POST ${path} ${head}${body.length}\r\n\r\n`), body]);
      left = Number.NaN;
      seen = '';
      return new Promise((resolve, reject) => {
        waiting = { started: performance.now(), resolve, reject };
        socket.write(request);
      });
    },
    close: () => socket.destroy(),
  };
}
