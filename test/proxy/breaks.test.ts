import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect as http2Connect } from 'node:http2';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { TLSSocket, connect as tlsConnect } from 'node:tls';
import { Recorder, sessionClock } from '../../src/proxy/recorder.ts';
import { Upstream } from '../../src/proxy/upstream.ts';
import type { AnswerEnd } from '../../src/wire/exchange.ts';
import { closedPort, httpsHost, publicCa, publicCaFile } from './local-host.ts';
import { connectThrough, exchangeRaw, exchangeThrough, openSocket, secured } from './raw-client.ts';
import { recordingSession } from './recording-session.ts';
import { startUnderTest } from './under-test.ts';

const get = (port: number) => `GET / HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`;

/** The host's TCP socket, from under its TLS. */
function tcpOf(socket: Socket): Socket {
  return socket instanceof TLSSocket ? (socket as TLSSocket & { _parent: Socket })._parent : socket;
}

const breaks: Readonly<Record<string, (response: ServerResponse) => void>> = {
  'reset before the head': response => tcpOf(response.socket!).resetAndDestroy(),
  'closed before the head': response => response.socket!.destroy(),
  'reset in the middle': response => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: 1\n\n', () => setTimeout(() => tcpOf(response.socket!).resetAndDestroy(), 20));
  },
  'closed in the middle': response => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: 1\n\n', () => setTimeout(() => response.socket!.destroy(), 20));
  },
  'shorter than announced': response => {
    response.writeHead(200, { 'content-length': 1000 });
    response.write('short', () => setTimeout(() => response.socket!.destroy(), 20));
  },
};

for (const [name, breakOff] of Object.entries(breaks)) {
  test(`a host's break is the agent's: ${name}`, async t => {
    const port = await httpsHost(t, (_, response) => breakOff(response));
    const { writer, read } = recordingSession(t);
    const upstream = new Upstream({ trustedCaFiles: [publicCaFile(t)] });
    const under = await startUnderTest(t, { responder: new Recorder(upstream, writer, sessionClock()) });
    const direct = await exchangeRaw(await secured(await openSocket(port), publicCa), get(port));
    const proxied = await exchangeThrough(under.proxy.port, `localhost:${port}`, under.ca.cert, get(port));
    const withoutDate = (text: string) => text.replace(/^Date:.*\r\n/m, '');
    assert.equal(withoutDate(proxied.text), withoutDate(direct.text));
    assert.equal(proxied.end, direct.end);
    assert.equal(proxied.end, name.startsWith('reset') ? 'reset' : 'fin');
    const { end } = (await read()).exchange(0).answer;
    assert.equal(end.kind, name.startsWith('reset') ? 'reset' : 'closed');
    const { message } = end as Extract<AnswerEnd, { message: string }>;
    assert.match(message, name.startsWith('reset') ? /ECONNRESET/ : /hang up/);
    assert.deepEqual(under.errors, []);
  });
}

test('a host that refuses connections: no made-up status', async t => {
  const closed = await closedPort();
  const { writer, read } = recordingSession(t);
  const under = await startUnderTest(t, { responder: new Recorder(new Upstream(), writer, sessionClock()) });
  const proxied = await exchangeThrough(under.proxy.port, `localhost:${closed}`, under.ca.cert, get(closed));
  assert.deepEqual(proxied, { text: '', end: 'reset' });
  const { head, end } = (await read()).exchange(0).answer;
  assert.equal(head, undefined);
  assert.match((end as { message: string }).message, /ECONNREFUSED/);
});

test('a host with a certificate that nobody vouches for is not trusted', async t => {
  const port = await httpsHost(t, (_, response) => response.end('secret'));
  const { writer, read } = recordingSession(t);
  const under = await startUnderTest(t, { responder: new Recorder(new Upstream(), writer, sessionClock()) });
  const proxied = await exchangeThrough(under.proxy.port, `localhost:${port}`, under.ca.cert, get(port));
  assert.deepEqual(proxied, { text: '', end: 'reset' });
  assert.match(((await read()).exchange(0).answer.end as { message: string }).message, /certificate/);
});

test('an agent that hangs up cancels the call at the host, and the log says so', async t => {
  let cancelled: () => void = () => undefined;
  const atHost = new Promise<void>(resolve => {
    cancelled = resolve;
  });
  const port = await httpsHost(t, (_, response) => {
    response.on('close', cancelled);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: 1\n\n');
  });
  const { writer, read } = recordingSession(t);
  const upstream = new Upstream({ trustedCaFiles: [publicCaFile(t)] });
  const under = await startUnderTest(t, { responder: new Recorder(upstream, writer, sessionClock()) });
  const socket = await openSocket(under.proxy.port);
  await connectThrough(socket, `localhost:${port}`);
  const secure = await secured(socket, under.ca.cert);
  secure.write(get(port));
  let text = '';
  while (!text.includes('data: 1')) text += (await once(secure, 'data'))[0];
  secure.destroy();
  await atHost;
  await under.proxy.onIdle();
  const { chunks, end } = (await read()).exchange(0).answer;
  assert.equal(end.kind, 'client-gone');
  assert.equal(chunks.length, 1);
  assert.equal(under.asks[0]?.signal.aborted, true);
});

test('an agent that hangs up while sending never reaches the responder', async t => {
  const under = await startUnderTest(t);
  const socket = await openSocket(under.proxy.port);
  socket.write('POST / HTTP/1.1\r\nHost: localhost:9\r\nContent-Length: 100\r\n\r\nhalf');
  while (under.proxy.inFlight === 0) await new Promise(resolve => setTimeout(resolve, 1));
  socket.destroy();
  await under.proxy.onIdle();
  assert.equal(under.asks.length, 0);
});

test('over HTTP/2 one stream breaks and its neighbours live', async t => {
  const under = await startUnderTest(t, {
    responder: {
      async respond({ request }, reply) {
        if (request.path === '/reset') return reply.fail('reset', 'as asked');
        reply.head({ status: 200, reason: '', headers: [['content-length', '2']] });
        reply.chunk(Buffer.from('ok'));
        reply.end();
      },
    },
  });
  const socket = tlsConnect({
    port: under.proxy.port,
    servername: 'localhost',
    ca: under.ca.cert,
    ALPNProtocols: ['h2'],
  });
  const session = http2Connect('https://localhost', { createConnection: () => socket });
  t.after(() => session.destroy());
  const broken = session.request({ ':path': '/reset' });
  const [error] = await once(broken, 'error');
  assert.equal(error.code, 'ERR_HTTP2_STREAM_ERROR');
  const whole = session.request({ ':path': '/' });
  let text = '';
  for await (const bytes of whole) text += bytes;
  assert.equal(text, 'ok');
});

test('a responder that fails is a defect: 500 for the agent, its error for us', async t => {
  const under = await startUnderTest(t, {
    responder: { respond: () => Promise.reject(new Error('a defect')) },
  });
  const { text } = await exchangeThrough(under.proxy.port, 'localhost:9', under.ca.cert, get(9));
  assert.match(text, /^HTTP\/1\.1 500 /);
  assert.deepEqual(
    under.errors.map(({ message }) => message),
    ['a defect'],
  );
});

test('close: waits for what is in flight, then cuts; is done when called twice', async t => {
  let answer: () => void = () => undefined;
  const under = await startUnderTest(t, {
    responder: {
      async respond(_, reply) {
        await new Promise<void>(resolve => {
          answer = resolve;
        });
        reply.head({ status: 200, reason: 'OK', headers: [['Content-Length', '2']] });
        reply.chunk(Buffer.from('ok'));
        reply.end();
      },
    },
  });
  const answered = exchangeThrough(under.proxy.port, 'localhost:9', under.ca.cert, get(9));
  while (under.asks.length === 0) await new Promise(resolve => setTimeout(resolve, 1));
  const closing = under.proxy.close(10_000);
  answer();
  assert.match((await answered).text, /ok$/);
  await closing;
  await under.proxy.close();
  await assert.rejects(openSocket(under.proxy.port), { code: 'ECONNREFUSED' });
});

test('close cuts what does not end, and the responder learns it', async t => {
  const under = await startUnderTest(t, {
    responder: {
      respond: ({ signal }) => new Promise(resolve => signal.addEventListener('abort', () => resolve())),
    },
  });
  const cut = exchangeThrough(under.proxy.port, 'localhost:9', under.ca.cert, get(9));
  while (under.asks.length === 0) await new Promise(resolve => setTimeout(resolve, 1));
  await under.proxy.close(0);
  assert.equal((await cut).text, '');
  assert.equal(under.proxy.inFlight, 0);
});
