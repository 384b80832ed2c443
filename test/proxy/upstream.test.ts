import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createServer as createTcp } from 'node:net';
import { test } from 'node:test';
import { parseUpstreamMapping, routeOf } from '../../src/proxy/upstream-map.ts';
import type { RequestHead } from '../../src/wire/exchange.ts';
import { agentClient, curl } from './agent-client.ts';
import { httpHost, httpsHost, listening, publicCaFile } from './local-host.ts';
import { startUnderTest } from './under-test.ts';

const head: RequestHead = {
  method: 'GET',
  scheme: 'https',
  host: 'api.openai.com',
  path: '/v1/models?limit=2',
  httpVersion: '1.1',
  headers: [
    ['Host', 'api.openai.com'],
    ['X-A', 'b'],
  ],
};

test('--upstream HOST=URL: another base URL, its path in front, its own Host line', () => {
  const mappings = ['api.openai.com=http://localhost:4000/openai/', '*.anthropic.com=https://gw.test'].map(
    parseUpstreamMapping,
  );
  assert.deepEqual(routeOf(head, mappings), {
    target: { scheme: 'http', hostname: 'localhost', port: 4000 },
    path: '/openai/v1/models?limit=2',
    headers: [
      ['Host', 'localhost:4000'],
      ['X-A', 'b'],
    ],
  });
  const anthropic = routeOf({ ...head, host: 'api.anthropic.com', headers: [] }, mappings);
  assert.deepEqual(anthropic.target, { scheme: 'https', hostname: 'gw.test', port: 443 });
  assert.deepEqual(anthropic.headers, [['Host', 'gw.test']]);
  assert.deepEqual(routeOf({ ...head, host: 'other.test:8443' }, mappings).target, {
    scheme: 'https',
    hostname: 'other.test',
    port: 8443,
  });
});

for (const bad of [
  'nothing',
  '=http://x',
  'host=',
  'host=ftp://x',
  'host=http://user:key@x',
  'http://user:key@x',
  '=http://user:key@x',
  'host=http://x?a=b',
  'a b=http://x',
]) {
  test(`--upstream ${bad} is refused, without showing a password`, () => {
    assert.throws(
      () => parseUpstreamMapping(bad),
      (error: { code?: string; message: string; hint: string }) =>
        error.code === 'bad-upstream' &&
        error.message.startsWith(`"${bad.slice(0, 3)}`) &&
        !error.message.includes('key') &&
        error.hint.length > 0,
    );
  });
}

test('the host is asked for an uncompressed answer, the recording keeps what the agent asked', async t => {
  let asked: string | undefined;
  const port = await httpsHost(t, (request, response) => {
    asked = request.headers['accept-encoding'];
    response.end();
  });
  for (const preserveEncoding of [false, true]) {
    const upstream = { trustedCaFiles: [publicCaFile(t)], preserveEncoding };
    const { proxy, ca, asks } = await startUnderTest(t, { upstream });
    const client = agentClient(proxy.url(), ca.cert);
    await client.fetch(`https://localhost:${port}/`, { headers: { 'Accept-Encoding': 'gzip, br' } });
    await client.close();
    assert.equal(asked, preserveEncoding ? 'gzip, br' : 'identity');
    assert.ok(asks[0]!.request.headers.some(([, value]) => value === 'gzip, br'));
  }
});

test('connections to a host are used again', async t => {
  let connections = 0;
  const server = createServer((_, response) => response.end('ok')).on('connection', () => connections++);
  const port = await listening(t, server);
  const { proxy } = await startUnderTest(t);
  const url = `${proxy.baseUrl(`http://localhost:${port}`)}/`;
  // Three clients, one after the other.
  for (const _ of [1, 2, 3]) assert.equal(await curl(url), 'ok');
  assert.equal(connections, 1);
});

/** A host that answers once on a connection and resets it at the second request. */
async function staleHost(t: Parameters<typeof listening>[0], seen: string[]): Promise<number> {
  const server = createTcp(socket => {
    let requests = 0;
    socket.on('error', () => undefined);
    socket.on('data', bytes => {
      seen.push(String(bytes).split(' ')[0]!);
      if (++requests > 1) socket.resetAndDestroy();
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
  });
  return listening(t, server);
}

test('a pooled connection that died: GET is asked again, POST never, since it may have been billed', async t => {
  const seen: string[] = [];
  const port = await staleHost(t, seen);
  const { proxy } = await startUnderTest(t);
  const url = `${proxy.baseUrl(`http://localhost:${port}`)}/`;
  assert.equal(await curl(url), 'ok');
  assert.equal(await curl(url), 'ok');
  assert.deepEqual(seen.splice(0), ['GET', 'GET', 'GET']);
  await assert.rejects(curl('-d', '{}', url), /reset|Recv failure/i);
  assert.deepEqual(seen, ['POST']);
});

test('20 MB in both directions', async t => {
  const body = Buffer.alloc(20 * 1024 * 1024, 'rewind ');
  const port = await httpsHost(t, (request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', piece => pieces.push(piece));
    request.on('end', () => response.end(Buffer.concat(pieces)));
  });
  const { proxy, ca } = await startUnderTest(t);
  const client = agentClient(proxy.url(), ca.cert);
  const got = await client.fetch(`https://localhost:${port}/`, { method: 'POST', body });
  await client.close();
  assert.ok(got.body.equals(body));
});

test('64 at once, each with its own answer', async t => {
  const port = await httpsHost(t, (request, response) => {
    setTimeout(() => response.end(`answer to ${request.url}`), Math.random() * 20);
  });
  const { proxy, ca, asks } = await startUnderTest(t);
  const client = agentClient(proxy.url(), ca.cert);
  const all = Array.from({ length: 64 }, (_, n) => client.fetch(`https://localhost:${port}/${n}`));
  const answers = await Promise.all(all);
  await client.close();
  assert.deepEqual(
    answers.map(({ body }) => body.toString()),
    answers.map((_, n) => `answer to /${n}`),
  );
  assert.deepEqual(
    asks.map(({ seq }) => seq).toSorted((a, b) => a - b),
    answers.map((_, n) => n),
  );
  assert.equal(proxy.inFlight, 0);
});

test('a slow agent holds the host back, not the memory', async t => {
  const total = 64 * 1024 * 1024;
  let sent = 0;
  const port = await httpHost(t, (_, response) => {
    const piece = Buffer.alloc(256 * 1024);
    const more = () => {
      while (sent < total) {
        sent += piece.length;
        if (!response.write(piece)) return void response.once('drain', more);
      }
      response.end();
    };
    more();
  });
  const { proxy } = await startUnderTest(t);
  const { openSocket } = await import('./raw-client.ts');
  const socket = await openSocket(proxy.port);
  socket.pause();
  const path = new URL(proxy.baseUrl(`http://localhost:${port}`)).pathname;
  socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
  // Once the pipes are full the host is not asked for more.
  let before = -1;
  while (sent !== before || sent === 0) {
    before = sent;
    await new Promise(resolve => setTimeout(resolve, 150));
  }
  assert.ok(sent < total / 2, `the host could send ${sent} of ${total} bytes`);
  let received = 0;
  for await (const bytes of socket) received += bytes.length;
  assert.ok(received > total);
});
