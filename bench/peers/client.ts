import { Agent, request } from 'node:https';
import { connect, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';

/** One keep-alive HTTPS connection to localhost, direct or by a proxy's CONNECT. Times in milliseconds. */
export interface Client {
  post(path: string, body: Buffer): Promise<Timing>;
  close(): void;
}

export interface Timing {
  readonly firstByte: number;
  readonly total: number;
  readonly bytes: number;
}

export async function openClient(options: {
  readonly port: number;
  readonly ca: string;
  readonly proxyPort?: number;
}): Promise<Client> {
  const socket = await openTlsSocket(options);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  agent.createConnection = () => socket;
  return {
    post: (path, body) =>
      new Promise((resolve, reject) => {
        const started = performance.now();
        let firstByte = 0;
        let bytes = 0;
        const outgoing = request(
          {
            agent,
            host: 'localhost',
            port: options.port,
            method: 'POST',
            path,
            headers: { 'content-type': 'application/json', 'content-length': body.length },
          },
          answer => {
            answer.on('data', (chunk: Buffer) => {
              if (bytes === 0) firstByte = performance.now() - started;
              bytes += chunk.length;
            });
            answer.on('end', () => {
              if (answer.statusCode === 200)
                resolve({ firstByte, total: performance.now() - started, bytes });
              else reject(new Error(`status ${answer.statusCode}`));
            });
            answer.on('error', reject);
          },
        );
        outgoing.on('error', reject);
        outgoing.end(body);
      }),
    close: () => {
      agent.destroy();
      socket.destroy();
    },
  };
}

export async function openTlsSocket(options: {
  readonly port: number;
  readonly ca: string;
  readonly proxyPort?: number;
}): Promise<Socket> {
  const raw = await openSocket(options.proxyPort ?? options.port);
  if (options.proxyPort) await connectThrough(raw, `localhost:${options.port}`);
  return secure(raw, options.ca);
}

function openSocket(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(socket));
    socket.once('error', reject);
  });
}

function connectThrough(socket: Socket, authority: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
    let seen = '';
    const read = (bytes: Buffer) => {
      seen += bytes.toString('latin1');
      if (!seen.includes('\r\n\r\n')) return;
      socket.off('data', read);
      socket.pause();
      if (/^HTTP\/1\.[01] 200/.test(seen)) resolve();
      else reject(new Error(`CONNECT: ${seen.split('\r\n')[0]}`));
    };
    socket.on('data', read);
  });
}

function secure(raw: Socket, ca: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = tlsConnect(
      { socket: raw, servername: 'localhost', ca, ALPNProtocols: ['http/1.1'] },
      () => {
        resolve(socket);
      },
    );
    socket.once('error', reject);
  });
}
