import assert from 'node:assert/strict';
import { connect as http2Connect } from 'node:http2';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { connect as tlsConnect } from 'node:tls';
import { agentClient, curl } from './agent-client.ts';
import { httpHost, httpsHost } from './local-host.ts';
import { connectThrough, exchangeRaw, openSocket, secured } from './raw-client.ts';
import { startUnderTest, type UnderTest } from './under-test.ts';

const hello = (t: TestContext) => httpsHost(t, (request, response) => response.end(`hello ${request.url}`));

function onlyAsk({ asks }: UnderTest): UnderTest['asks'][number] {
  assert.equal(asks.length, 1);
  return asks[0]!;
}

test('CONNECT with TLS inside', async t => {
  const port = await hello(t);
  const under = await startUnderTest(t);
  const client = agentClient(under.proxy.url(), under.ca.cert);
  const got = await client.fetch(`https://localhost:${port}/v1/x?y=1`, { method: 'POST', body: '{}' });
  await client.close();
  assert.equal(got.body.toString(), 'hello /v1/x?y=1');
  const { seq, run, site, request } = onlyAsk(under);
  assert.deepEqual({ seq, run, site }, { seq: 0, run: undefined, site: undefined });
  const { method, scheme, host, path, httpVersion } = request;
  assert.deepEqual(
    { method, scheme, host, path, httpVersion },
    { method: 'POST', scheme: 'https', host: `localhost:${port}`, path: '/v1/x?y=1', httpVersion: '1.1' },
  );
  assert.equal(Buffer.from(request.body).toString(), '{}');
});

test('absolute form over plain HTTP', async t => {
  const port = await httpHost(t, (request, response) => response.end(`plain ${request.url}`));
  const under = await startUnderTest(t);
  assert.equal(
    await curl('-x', under.proxy.url(), '--noproxy', '', `http://localhost:${port}/a?b`),
    'plain /a?b',
  );
  const { request } = onlyAsk(under);
  assert.deepEqual([request.scheme, request.host, request.path], ['http', `localhost:${port}`, '/a?b']);
});

test('TLS without CONNECT: the target comes from the Host line', async t => {
  const port = await hello(t);
  const under = await startUnderTest(t);
  const socket = await secured(await openSocket(under.proxy.port), under.ca.cert);
  const answer = await exchangeRaw(
    socket,
    `GET /d HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`,
  );
  assert.match(answer.text, /hello \/d$/);
  assert.equal(onlyAsk(under).request.host, `localhost:${port}`);
});

test('plain HTTP to a rewritten TCP target', async t => {
  const port = await httpHost(t, (_, response) => response.end('local model'));
  const under = await startUnderTest(t);
  const request = `GET / HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`;
  const answer = await exchangeRaw(await openSocket(under.proxy.port), request);
  assert.match(answer.text, /local model/);
});

test('SOCKS5', async t => {
  const port = await hello(t);
  const under = await startUnderTest(t);
  const proxy = `socks5h://127.0.0.1:${under.proxy.port}`;
  const text = await curl(
    '-x',
    proxy,
    '--noproxy',
    '',
    '--cacert',
    under.ca.certPath,
    `https://localhost:${port}/s`,
  );
  assert.equal(text, 'hello /s');
  assert.equal(onlyAsk(under).request.host, `localhost:${port}`);
});

test('base URLs, with and without a run tag, also asked for as from a proxy', async t => {
  const port = await hello(t);
  const under = await startUnderTest(t);
  const base = under.proxy.baseUrl(`https://localhost:${port}/v1/`);
  assert.equal(base, `http://127.0.0.1:${under.proxy.port}/_rewind/https/localhost:${port}/v1`);
  assert.equal(await curl(`${base}/models?a=b`), 'hello /v1/models?a=b');
  assert.equal(await curl(`${under.proxy.baseUrl(`https://localhost:${port}`, 'r 7')}/x`), 'hello /x');
  assert.equal(await curl('-x', under.proxy.url(), '--noproxy', '', `${base}/y`), 'hello /v1/y');
  assert.deepEqual(
    under.asks.map(({ run, request }) => [run, request.scheme, request.host, request.path]),
    [
      [undefined, 'https', `localhost:${port}`, '/v1/models?a=b'],
      ['r 7', 'https', `localhost:${port}`, '/x'],
      [undefined, 'https', `localhost:${port}`, '/v1/y'],
    ],
  );
  const host = under.asks[0]!.request.headers.find(([name]) => name.toLowerCase() === 'host');
  assert.equal(host?.[1], `localhost:${port}`);
});

test('HTTP/2 clients: no pseudo headers, split cookies joined, trailers, answers whole', async t => {
  let sent: string[] = [];
  const port = await httpsHost(t, (request, response) => {
    sent = request.rawHeaders;
    response.writeHead(200, { trailer: 'x-sum', connection: 'keep-alive', 'x-a': ['1', '2'] });
    response.write('one ');
    response.addTrailers({ 'x-sum': '42' });
    request.resume();
    request.on('end', () => response.end('two'));
  });
  const under = await startUnderTest(t);
  const raw = await openSocket(under.proxy.port);
  await connectThrough(raw, `localhost:${port}`);
  const socket = tlsConnect({
    socket: raw,
    servername: 'localhost',
    ca: under.ca.cert,
    ALPNProtocols: ['h2'],
  });
  const session = http2Connect(`https://localhost:${port}`, { createConnection: () => socket });
  t.after(() => session.destroy());
  const stream = session.request({ ':method': 'POST', ':path': '/h2', cookie: ['a=1', 'b=2'] });
  const body: Buffer[] = [];
  let status: unknown;
  let trailers: Record<string, unknown> = {};
  stream.on('response', headers => {
    status = headers[':status'];
    assert.equal(headers['x-a'], '1, 2');
    assert.equal(headers.connection, undefined);
  });
  stream.on('trailers', headers => {
    trailers = headers;
  });
  stream.on('data', (bytes: Buffer) => body.push(bytes));
  stream.end('{"h":2}');
  await new Promise(resolve => stream.on('close', resolve));
  assert.equal(status, 200);
  assert.equal(Buffer.concat(body).toString(), 'one two');
  assert.equal(trailers['x-sum'], '42');
  const { request } = onlyAsk(under);
  assert.equal(request.httpVersion, '2');
  assert.equal(request.host, `localhost:${port}`);
  assert.ok(request.headers.every(([name]) => !name.startsWith(':')));
  const lines = sent.filter((_, i) => i % 2 === 0).map(name => name.toLowerCase());
  assert.equal(lines.filter(name => name === 'cookie').length, 1);
  assert.ok(lines.includes('host') && lines.includes('content-length'));
});

test('a run tag in the proxy URL comes back with each request', async t => {
  const port = await hello(t);
  const plain = await httpHost(t, (_, response) => response.end('ok'));
  const under = await startUnderTest(t);
  await curl(
    '-x',
    under.proxy.url('run-1'),
    '--noproxy',
    '',
    '--cacert',
    under.ca.certPath,
    `https://localhost:${port}/`,
  );
  await curl('-x', under.proxy.url('run-2'), '--noproxy', '', `http://localhost:${plain}/`);
  assert.deepEqual(
    under.asks.map(({ run }) => run),
    ['run-1', 'run-2'],
  );
});

test('private and proxy headers reach nobody; the call site reaches the responder', async t => {
  let sent: string[] = [];
  const port = await httpsHost(t, (request, response) => {
    sent = request.rawHeaders.map(each => each.toLowerCase());
    response.end();
  });
  const other = await httpHost(t, (request, response) => {
    sent = request.rawHeaders.map(each => each.toLowerCase());
    response.end();
  });
  const under = await startUnderTest(t, { interceptHosts: [`localhost:${port}`] });
  const via = [
    '-x',
    under.proxy.url('r'),
    '--noproxy',
    '',
    '-H',
    'X-Rewind-Site: abc',
    '-H',
    'x-REWIND-other: d',
  ];
  await curl(...via, '--cacert', under.ca.certPath, `https://localhost:${port}/`);
  const isPrivate = (line: string) => line.startsWith('x-rewind') || line.startsWith('proxy-');
  assert.equal(onlyAsk(under).site, 'abc');
  assert.deepEqual(
    onlyAsk(under)
      .request.headers.map(([name]) => name.toLowerCase())
      .filter(isPrivate),
    [],
  );
  assert.ok(sent.length > 0);
  assert.deepEqual(sent.filter(isPrivate), []);
  sent = [];
  await curl(...via, `http://localhost:${other}/`);
  assert.ok(sent.length > 0);
  assert.deepEqual(sent.filter(isPrivate), []);
  assert.equal(under.asks.length, 1);
});

test("an upgrade that is no WebSocket is answered as if it were not asked for, as Java's client expects", async t => {
  const port = await httpHost(t, (request, response) => {
    request.resume();
    response.end(`seen ${request.headers.upgrade}`);
  });
  const under = await startUnderTest(t);
  const head = `POST /_rewind/http/localhost:${port}/j HTTP/1.1\r\nHost: 127.0.0.1:${under.proxy.port}\r\n`;
  const upgrade =
    'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nContent-Length: 2\r\n\r\n{}';
  const socket = await openSocket(under.proxy.port);
  const seen = new Promise<string>(resolve => {
    socket.on('data', bytes => /seen/.test(String(bytes)) && resolve(String(bytes)));
  });
  socket.write(head + upgrade);
  assert.match(await seen, /^HTTP\/1\.1 200 OK[\s\S]*seen undefined$/);
  socket.destroy();
  assert.equal(Buffer.from(onlyAsk(under).request.body).toString(), '{}');
});

test('requests are numbered by the arrival of their heads', async t => {
  const under = await startUnderTest(t, {
    responder: {
      async respond(_, reply) {
        reply.head({ status: 200, reason: 'OK', headers: [['Content-Length', '0']] });
        reply.end();
      },
    },
  });
  const [slow, fast] = [await openSocket(under.proxy.port), await openSocket(under.proxy.port)];
  const head = (n: number) =>
    `POST /${n} HTTP/1.1\r\nHost: localhost:9\r\nContent-Length: 4\r\nConnection: close\r\n\r\n`;
  slow.write(`${head(0)}ab`);
  // The first head is in when the proxy counts it.
  while (under.proxy.inFlight === 0) await new Promise(resolve => setTimeout(resolve, 1));
  await exchangeRaw(fast, `${head(1)}abcd`);
  await exchangeRaw(slow, 'cd');
  assert.deepEqual(
    under.asks.map(({ seq, request }) => [seq, request.path]),
    [
      [1, '/1'],
      [0, '/0'],
    ],
  );
});
