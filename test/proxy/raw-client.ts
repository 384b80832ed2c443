import { connect, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';

/** Everything that came, and how the connection ended. */
export interface RawAnswer {
  readonly text: string;
  readonly end: 'fin' | 'reset';
}

export function openSocket(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(socket));
    socket.once('error', reject);
  });
}

/** A CONNECT to `authority`; resolves with the status line. */
export function connectThrough(socket: Socket, authority: string, headers = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    let seen = '';
    const read = (bytes: Buffer) => {
      seen += bytes.toString('latin1');
      const end = seen.indexOf('\r\n\r\n');
      if (end < 0) return;
      socket.off('data', read);
      socket.pause();
      const rest = seen.slice(end + 4);
      if (rest) socket.unshift(Buffer.from(rest, 'latin1'));
      resolve(seen.slice(0, seen.indexOf('\r\n')));
    };
    socket.on('data', read);
    socket.once('close', () => reject(new Error(`closed after ${JSON.stringify(seen)}`)));
    socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${headers}\r\n`);
  });
}

export function secured(socket: Socket, ca: string, servername = 'localhost'): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const secure = tlsConnect({ socket, servername, ca, ALPNProtocols: ['http/1.1'] }, () => resolve(secure));
    secure.once('error', reject);
  });
}

/** Sends a request that asks for the connection's end, and reads all bytes of the answer. */
export function exchangeRaw(socket: Socket, request: string | Buffer): Promise<RawAnswer> {
  return new Promise(resolve => {
    const pieces: Buffer[] = [];
    let end: RawAnswer['end'] = 'fin';
    socket.on('data', bytes => pieces.push(bytes));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET') end = 'reset';
    });
    socket.on('close', () => resolve({ text: Buffer.concat(pieces).toString('latin1'), end }));
    socket.write(request);
  });
}

/** By way of a proxy, over TLS. */
export async function exchangeThrough(
  proxyPort: number,
  authority: string,
  ca: string,
  request: string | Buffer,
): Promise<RawAnswer> {
  const socket = await openSocket(proxyPort);
  await connectThrough(socket, authority);
  return exchangeRaw(await secured(socket, ca), request);
}
