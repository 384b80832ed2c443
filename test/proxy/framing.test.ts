import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { Recorder, sessionClock } from '../../src/proxy/recorder.ts';
import { Upstream } from '../../src/proxy/upstream.ts';
import { Tape } from '../../src/tape/tape.ts';
import { httpsHost, listening, publicCa, publicCaFile, publicCertificate } from './local-host.ts';
import { connectThrough, exchangeRaw, exchangeThrough, openSocket, secured } from './raw-client.ts';
import { recordingSession } from './recording-session.ts';
import { startUnderTest } from './under-test.ts';

/** Answers as they stand on the wire; `|` parts come as separate writes, a moment apart. */
const answers: Readonly<Record<string, string>> = {
  json: 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\nX-ReQuest-ID: MiXed\r\n\r\n{"a": 1}',
  duplicates:
    'HTTP/1.1 429 Slow Down, Please\r\nlink: a=1\r\nLink: b=2\r\nX-Same: 1\r\nx-same: 2\r\nretry-after: 1\r\ncontent-length: 2\r\n\r\nno',
  sse: 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n|10\r\ndata: {"n": 1}\n\n\r\n|10\r\ndata: {"n": 2}\n\n\r\n|e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n',
  'several chunks in one packet':
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n5\r\nefghi\r\n0\r\n\r\n',
  trailers:
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum, X-Two\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 99\r\nX-Two: b\r\n\r\n',
  'no reason': 'HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n',
  'unknown status': 'HTTP/1.1 599 Odd One\r\nContent-Length: 3\r\n\r\nodd',
  'no content': 'HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n',
  'not modified': 'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n',
  'until the end of the connection': 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nall |there is',
  latin1: 'HTTP/1.1 200 OK\r\nX-Name: caf\xe9\r\nContent-Length: 4\r\n\r\n\xff\x00\xfe\x01',
};

function write(socket: Socket, wire: string): void {
  const parts = wire.split('|');
  const next = (): void => {
    const part = parts.shift();
    if (part === undefined) {
      socket.end();
      return;
    }
    socket.write(Buffer.from(part, 'latin1'), () => setTimeout(next, 15));
  };
  next();
}

/** A TLS server that knows no HTTP: what it writes is what there is. */
async function wireHost(t: TestContext, choose: (request: string) => string): Promise<number> {
  const server = createTlsServer(
    { ...publicCertificate('localhost'), ALPNProtocols: ['http/1.1'] },
    socket => {
      let seen = '';
      socket.on('error', () => undefined);
      socket.on('data', bytes => {
        seen += bytes.toString('latin1');
        if (!seen.includes('\r\n\r\n')) return;
        const request = seen;
        seen = '';
        write(socket, choose(request));
      });
    },
  );
  return listening(t, server);
}

const requestFor = (port: number, path: string, method = 'GET') =>
  `${method} ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nAccept: */*\r\nConnection: close\r\n\r\n`;

async function direct(port: number, request: string): Promise<string> {
  return (await exchangeRaw(await secured(await openSocket(port), publicCa), request)).text;
}

test('the bytes on the wire are the same direct, recorded and replayed', async t => {
  const names = Object.keys(answers);
  const port = await wireHost(t, request => answers[names[Number(/^\w+ \/(\d+)/.exec(request)?.[1])]!]!);
  const { writer, read } = recordingSession(t);
  const recorder = new Recorder(new Upstream({ trustedCaFiles: [publicCaFile(t)] }), writer, sessionClock());
  const recording = await startUnderTest(t, { responder: recorder });
  const seen = new Map<string, string>();
  for (const [index, name] of names.entries()) {
    const request = requestFor(port, `/${index}`);
    const wire = await direct(port, request);
    const { text } = await exchangeThrough(
      recording.proxy.port,
      `localhost:${port}`,
      recording.ca.cert,
      request,
    );
    assert.equal(wire, answers[name]!.replaceAll('|', ''));
    assert.equal(text, wire, `recording: ${name}`);
    seen.set(name, wire);
  }
  const session = await read();
  assert.equal(session.length, names.length);

  const replaying = await startUnderTest(t, { responder: new Tape(session) });
  for (const [index, name] of names.entries()) {
    const request = requestFor(port, `/${index}`);
    const { text } = await exchangeThrough(
      replaying.proxy.port,
      `localhost:${port}`,
      replaying.ca.cert,
      request,
    );
    assert.equal(withoutMatch(text), seen.get(name), `replaying: ${name}`);
  }
});

/** A replay says how it matched, in a line of its own. */
function withoutMatch(wire: string): string {
  return wire.replace(/^x-rewind-match: .*\r\n/im, '');
}

test('HEAD: the head of a body that does not come', async t => {
  const port = await wireHost(t, () => 'HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n');
  const { proxy, ca } = await startUnderTest(t);
  const { text } = await exchangeThrough(
    proxy.port,
    `localhost:${port}`,
    ca.cert,
    requestFor(port, '/', 'HEAD'),
  );
  assert.equal(text, 'HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n');
});

test('Expect: 100-continue is answered, and the host gets the body without it', async t => {
  let atHost = '';
  const port = await wireHost(t, request => {
    atHost = request;
    return 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
  });
  const { proxy, ca, asks } = await startUnderTest(t);
  const request = `POST / HTTP/1.1\r\nHost: localhost:${port}\r\nExpect: 100-continue\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc`;
  const { text } = await exchangeThrough(proxy.port, `localhost:${port}`, ca.cert, request);
  assert.equal(text, 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
  assert.match(atHost, /^POST \/ HTTP\/1\.1\r\n/);
  assert.doesNotMatch(atHost, /expect/i);
  assert.equal(Buffer.from(asks[0]!.request.body).toString(), 'abc');
});

test('an HTTP/1.0 client gets no chunks', async t => {
  const port = await wireHost(t, () => answers['several chunks in one packet']!);
  const { proxy } = await startUnderTest(t, { upstream: { trustedCaFiles: [publicCaFile(t)] } });
  const base = new URL(proxy.baseUrl(`https://localhost:${port}/`));
  const request = `GET ${base.pathname} HTTP/1.0\r\nHost: 127.0.0.1:${proxy.port}\r\n\r\n`;
  const { text } = await exchangeRaw(await openSocket(proxy.port), request);
  assert.equal(text, 'HTTP/1.1 200 OK\r\n\r\nabcdefghi');
});

for (const [coding, compress] of [
  ['gzip', gzipSync],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
] as const) {
  test(`a ${coding} answer passes as it is`, async t => {
    const body = compress('{"compressed": true}').toString('latin1');
    const wire = `HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const port = await wireHost(t, () => wire.replaceAll('|', '\x7c'));
    const { proxy, ca } = await startUnderTest(t);
    const { text } = await exchangeThrough(proxy.port, `localhost:${port}`, ca.cert, requestFor(port, '/'));
    assert.equal(text, wire);
  });
}

test('nothing is held back: the host sends on only when the agent has what came before', async t => {
  const turns: (() => void)[] = [];
  const seen = () => new Promise<void>(resolve => turns.push(resolve));
  const port = await httpsHost(t, async (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    for (const event of ['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n']) {
      await seen();
      response.write(event);
    }
    await seen();
    response.end();
  });
  const { writer, read } = recordingSession(t);
  const upstream = new Upstream({ trustedCaFiles: [publicCaFile(t)] });
  const { proxy, ca } = await startUnderTest(t, {
    responder: new Recorder(upstream, writer, sessionClock()),
  });
  const socket = await openSocket(proxy.port);
  await connectThrough(socket, `localhost:${port}`);
  const secure = await secured(socket, ca.cert);
  let text = '';
  const until = async (wanted: string) => {
    while (!text.includes(wanted)) text += (await once(secure, 'data'))[0].toString('latin1');
    turns.shift()?.();
  };
  secure.write(requestFor(port, '/'));
  await until('\r\n\r\n');
  await until('data: 1');
  await until('data: 2');
  await until('data: 3');
  await until('0\r\n\r\n');
  const { chunks, head, end } = (await read()).exchange(0).answer;
  assert.equal(head?.status, 200);
  assert.deepEqual(
    chunks.map(({ bytes }) => Buffer.from(bytes).toString()),
    ['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n'],
  );
  assert.equal(end.kind, 'complete');
  const times = chunks.map(({ at }) => at);
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
});
