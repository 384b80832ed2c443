import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { connect, createServer as createTcp, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { ephemeralCertificateAuthority } from '../../src/proxy/certificates.ts';
import { parentProxyFrom } from '../../src/proxy/parent-proxy.ts';
import { startProxy } from '../../src/proxy/proxy.ts';
import { Upstream } from '../../src/proxy/upstream.ts';
import { agentClient, curl } from './agent-client.ts';
import {
  httpHost,
  httpsHost,
  listening,
  publicCa,
  publicCaFile,
  publicCertificate,
  temporaryFolder,
} from './local-host.ts';
import { connectThrough, exchangeRaw, exchangeThrough, openSocket, secured } from './raw-client.ts';
import { startUnderTest } from './under-test.ts';

const other = { interceptHosts: ['api.openai.com'] };
const get = (host: string) => `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;

test("other hosts' TLS is not touched: the agent sees the real certificate", async t => {
  const port = await httpsHost(t, (_, response) => response.end('theirs'));
  const { proxy, asks } = await startUnderTest(t, other);
  const { text } = await exchangeThrough(proxy.port, `localhost:${port}`, publicCa, get('localhost'));
  assert.match(text, /theirs$/);
  const viaSocks = ['-x', `socks5h://127.0.0.1:${proxy.port}`, '--noproxy', '', '--cacert', publicCaFile(t)];
  assert.equal(await curl(...viaSocks, `https://localhost:${port}/`), 'theirs');
  assert.equal(asks.length, 0);
});

test('a tunnel carries any protocol, also one where the host speaks first, and half-closes', async t => {
  const server = createTcp({ allowHalfOpen: true }, socket => {
    socket.write('220 ready\r\n');
    let heard = '';
    socket.on('data', bytes => {
      heard += bytes;
    });
    socket.on('end', () => socket.end(`heard ${heard}`));
  });
  const port = await listening(t, server);
  const { proxy } = await startUnderTest(t, other);
  const socket = await openSocket(proxy.port);
  assert.equal(await connectThrough(socket, `localhost:${port}`), 'HTTP/1.1 200 Connection established');
  socket.end('all of this');
  let text = '';
  for await (const bytes of socket) text += bytes;
  assert.equal(text, '220 ready\r\nheard all of this');
});

test('plain HTTP to other hosts streams through, unrecorded', async t => {
  let finish: () => void = () => undefined;
  const port = await httpHost(t, (request, response) => {
    response.write('first ');
    request.on('data', bytes => response.write(bytes));
    finish = () => response.end();
  });
  const { proxy, asks } = await startUnderTest(t, other);
  const socket = await openSocket(proxy.port);
  socket.write(
    `POST http://localhost:${port}/ HTTP/1.1\r\nHost: localhost:${port}\r\nTransfer-Encoding: chunked\r\n\r\n`,
  );
  let text = '';
  const until = async (wanted: string) => {
    while (!text.includes(wanted)) text += await new Promise(resolve => socket.once('data', resolve));
  };
  await until('first');
  socket.write('5\r\nmore!\r\n');
  await until('more!');
  finish();
  await until('\r\n0\r\n\r\n');
  socket.destroy();
  assert.equal(asks.length, 0);
});

test('isLlm picks requests on other hosts', async t => {
  const port = await httpHost(t, (_, response) => response.end('ok'));
  const { proxy, asks } = await startUnderTest(t, {
    ...other,
    isLlm: head => head.path.startsWith('/v1/chat'),
  });
  const via = ['-x', proxy.url(), '--noproxy', ''];
  await curl(...via, `http://localhost:${port}/page`);
  await curl(...via, `http://localhost:${port}/v1/chat/completions`);
  assert.deepEqual(
    asks.map(({ request }) => request.path),
    ['/v1/chat/completions'],
  );
});

test('other traffic can be refused', async t => {
  const port = await httpHost(t, (_, response) => response.end('ok'));
  const { proxy } = await startUnderTest(t, { ...other, otherTraffic: 'refuse' });
  const { text } = await exchangeRaw(
    await openSocket(proxy.port),
    get('x').replace('/', `http://localhost:${port}/`),
  );
  assert.match(text, /^HTTP\/1\.1 403 /);
  assert.match(await connectThrough(await openSocket(proxy.port), `localhost:${port}`), /^HTTP\/1\.1 403 /);
});

test('--all-http: every host goes to the responder', async t => {
  const port = await httpsHost(t, (_, response) => response.end('ok'));
  const ca = ephemeralCertificateAuthority(`${temporaryFolder(t)}/run`);
  const hosts: string[] = [];
  const upstream = new Upstream({ trustedCaFiles: [publicCaFile(t)] });
  const proxy = await startProxy({
    ca,
    allHttp: true,
    interceptHosts: [],
    responder: {
      respond(ask, reply) {
        hosts.push(ask.request.host);
        return upstream.respond(ask, reply);
      },
    },
  });
  t.after(async () => {
    await proxy.close(0);
    await upstream.close();
  });
  assert.deepEqual(
    readdirSync(ca.folder).filter(name => name.includes('key')),
    [],
  );
  const { text } = await exchangeThrough(proxy.port, `localhost:${port}`, ca.cert, get(`localhost:${port}`));
  assert.match(text, /ok$/);
  assert.deepEqual(hosts, [`localhost:${port}`]);
  ca.dispose();
  assert.equal(existsSync(ca.folder), false);
});

test('WebSockets to intercepted hosts run through, and it is said that they are not recorded', async t => {
  const port = await listening(t, echoingWebSocketHost());
  const { proxy, notices, asks } = await startUnderTest(t);
  const base = proxy.baseUrl(`http://localhost:${port}`).replace(`http://127.0.0.1:${proxy.port}`, '');
  const socket = await openSocket(proxy.port);
  socket.write(
    `GET ${base}/realtime?x=1 HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Rewind-Site: a\r\nSec-WebSocket-Key: a\r\n\r\nframe`,
  );
  let text = '';
  while (!text.includes('frame')) text += await new Promise(resolve => socket.once('data', resolve));
  socket.destroy();
  assert.match(text, /^HTTP\/1\.1 101 /);
  assert.match(text, new RegExp(`"/realtime\\?x=1 localhost:${port} undefined"`));
  assert.equal(notices.length, 1);
  assert.match(notices[0]!, /unrecorded/);
  assert.equal(asks.length, 0);
});

test('WebSockets are refused where they must not reach the network, and it is told why', async t => {
  const port = await listening(t, echoingWebSocketHost());
  const seen: object[] = [];
  const { proxy, notices } = await startUnderTest(t, {
    webSockets: 'refuse',
    onWebSocket: (_asked, socket) => seen.push(socket),
  });
  const socket = await openSocket(proxy.port);
  const { text } = await exchangeRaw(
    socket,
    `GET /realtime?key=k HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
  );
  assert.match(text, /^HTTP\/1\.1 501 /);
  assert.match(text, /cannot be replayed\.\n$/);
  assert.match(notices[0]!, /refused/);
  assert.deepEqual(seen, [{ url: `ws://localhost:${port}/realtime`, passed: false }]);
});

test('WebSockets to other hosts are other traffic', async t => {
  const port = await listening(t, echoingWebSocketHost());
  for (const otherTraffic of ['pass', 'refuse'] as const) {
    const { proxy, notices } = await startUnderTest(t, { webSockets: 'refuse', otherTraffic });
    const socket = await openSocket(proxy.port);
    socket.write(
      `GET http://127.0.0.1:${port}/live HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    );
    const text = String(await new Promise(resolve => socket.once('data', resolve)));
    socket.destroy();
    assert.match(text, otherTraffic === 'pass' ? /^HTTP\/1\.1 101 / : /^HTTP\/1\.1 501 /);
    assert.equal(notices.length, 0);
  }
});

function echoingWebSocketHost() {
  return createServer().on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const { host, 'x-rewind-site': site } = request.headers;
    const saw = JSON.stringify(`${request.url} ${host} ${site}`);
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n${saw}`,
    );
    socket.write(head);
    socket.pipe(socket);
    socket.on('error', () => undefined);
  });
}

/** A parent proxy that asks for a password and notes what it is asked. */
async function parentProxy(t: TestContext): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const expected = `Basic ${Buffer.from('user:p@ss').toString('base64')}`;
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (request.headers['proxy-authorization'] !== expected) return void response.writeHead(407).end();
    response.end('by the parent');
  });
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    asked.push(`CONNECT ${request.url}`);
    socket.on('error', () => undefined);
    if (request.headers['proxy-authorization'] !== expected) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    // Whatever the name, the host is here.
    const host = connect(Number(request.url?.split(':')[1]), '127.0.0.1');
    host.on('error', () => socket.destroy());
    host.once('connect', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(host).pipe(socket);
    });
  });
  const port = await listening(t, server);
  return { url: `http://user:p%40ss@127.0.0.1:${port}`, asked };
}

test('a parent proxy stands between: upstream requests, plain requests and tunnels go on through it', async t => {
  const port = await listening(
    t,
    createHttps(publicCertificate('api.test'), (request, response) => {
      response.end(`api ${request.headers['proxy-authorization']}`);
    }),
  );
  const parent = await parentProxy(t);
  const chained = parentProxyFrom({
    HTTPS_PROXY: parent.url,
    http_proxy: parent.url,
    NO_PROXY: 'direct.test',
  });
  assert.ok(chained);
  const under = await startUnderTest(t, {
    interceptHosts: ['api.test'],
    parentProxy: chained,
    upstream: { trustedCaFiles: [publicCaFile(t)], parentProxy: chained },
  });
  const client = agentClient(under.proxy.url(), under.ca.cert);
  for (const _ of [1, 2]) {
    assert.equal((await client.fetch(`https://api.test:${port}/`)).body.toString(), 'api undefined');
  }
  await client.close();
  assert.deepEqual(parent.asked.splice(0), [`CONNECT api.test:${port}`], 'one tunnel for both');
  assert.equal(await curl('-x', under.proxy.url(), 'http://plain.test/a?b'), 'by the parent');
  assert.deepEqual(parent.asked.splice(0), ['GET http://plain.test/a?b']);
  const socket = await openSocket(under.proxy.port);
  await connectThrough(socket, `other.test:${port}`);
  const secure = await secured(socket, publicCa, 'api.test');
  assert.match((await exchangeRaw(secure, get('api.test'))).text, /api undefined$/);
  assert.deepEqual(parent.asked.splice(0), [`CONNECT other.test:${port}`]);
  assert.doesNotMatch(JSON.stringify([under.notices, under.errors.map(String)]), /p@ss|p%40ss|dXNlcjpwQHNz/);
});

test('a parent proxy that refuses: the break says so without its password', async t => {
  const parent = await parentProxy(t);
  const chained = parentProxyFrom({ HTTPS_PROXY: parent.url.replace('p%40ss', 'wrong') });
  const upstream = new Upstream({ parentProxy: chained });
  t.after(() => upstream.close());
  const failed: string[] = [];
  const under = await startUnderTest(t, {
    interceptHosts: ['api.test'],
    responder: {
      respond: (ask, reply) =>
        upstream.respond(ask, {
          ...reply,
          fail: (how, message) => failed.push(message) && reply.fail(how, message),
        }),
    },
  });
  const socket = await openSocket(under.proxy.port);
  await connectThrough(socket, 'api.test:443');
  const { text } = await exchangeRaw(await secured(socket, under.ca.cert, 'api.test'), get('api.test'));
  assert.equal(text, '');
  assert.match(failed[0] ?? '', /refused CONNECT: 407 Proxy Authentication Required$/);
  assert.doesNotMatch(failed[0] ?? '', /wrong/);
});
