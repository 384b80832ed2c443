/**
 * The floor: the least that Node needs to open TLS in the middle and pass on HTTP. One fixed certificate, no parsing of hosts, no
 * recording, nothing kept. Own code, by the book: CONNECT → TLS → request → pooled https.request → pipe.
 */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent, request as send } from 'node:https';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { createSecureContext, TLSSocket } from 'node:tls';

const folder = process.argv[2] ?? '.';
const secureContext = createSecureContext({
  key: readFileSync(join(folder, 'localhost-key.pem')),
  cert: readFileSync(join(folder, 'localhost.pem')),
});
const agent = new Agent({ keepAlive: true, ca: readFileSync(join(folder, 'ca.pem')) });

const server = createServer(
  { keepAliveTimeout: 0, noDelay: true },
  (request: IncomingMessage, response: ServerResponse) => {
    const [hostname, port] = (request.headers.host ?? '').split(':');
    const outgoing = send(
      {
        agent,
        hostname,
        port,
        method: request.method,
        path: request.url,
        headers: request.rawHeaders,
        setDefaultHeaders: false,
      },
      answer => {
        response.writeHead(answer.statusCode ?? 0, answer.rawHeaders);
        answer.pipe(response);
      },
    );
    outgoing.on('error', () => response.destroy());
    request.pipe(outgoing);
  },
);
server.on('connect', (_request, socket) => {
  (socket as Socket).setNoDelay(true);
  socket.write('HTTP/1.1 200 OK\r\n\r\n');
  const secure = new TLSSocket(socket, { isServer: true, secureContext });
  secure.on('error', () => socket.destroy());
  server.emit('connection', secure);
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as { port: number }).port }));
process.on('disconnect', () => process.exit());
