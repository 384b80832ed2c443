import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createTcp, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Recorder, sessionClock } from '../../src/proxy/recorder.ts';
import { Upstream } from '../../src/proxy/upstream.ts';
import { httpHost, listening } from './local-host.ts';
import { exchangeRaw, openSocket } from './raw-client.ts';
import { recordingSession } from './recording-session.ts';
import { startUnderTest } from './under-test.ts';

const body = Buffer.alloc(150 * 1024, 'what an agent says ');

const head = (proxyPort: number, port: number) =>
  `POST /_rewind/http/localhost:${port}/v1 HTTP/1.1\r\nHost: 127.0.0.1:${proxyPort}\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n`;

/** A host that tells how much of the body has come, by connection. */
async function countingHost(
  t: TestContext,
  onData: (socket: Socket, got: number, connection: number) => void,
): Promise<{ readonly port: number; readonly got: number[] }> {
  const got: number[] = [];
  const server = createTcp(socket => {
    const connection = got.push(0) - 1;
    let seen = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', bytes => {
      seen = Buffer.concat([seen, bytes]);
      const end = seen.indexOf('\r\n\r\n');
      if (end < 0) return;
      got[connection] = seen.length - end - 4;
      onData(socket, got[connection], connection);
    });
  });
  return { port: await listening(t, server), got };
}

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

test('a large request goes on while it comes in, its end when the agent has sent it', async t => {
  let came: () => void = () => undefined;
  const some = new Promise<void>(resolve => {
    came = resolve;
  });
  const { port, got } = await countingHost(t, (socket, bytes) => {
    if (bytes > 0) came();
    if (bytes === body.length) socket.write(ok);
  });
  const { proxy, asks } = await startUnderTest(t);
  const socket = await openSocket(proxy.port);
  socket.write(Buffer.concat([Buffer.from(head(proxy.port, port)), body.subarray(0, -1)]));
  await some;
  assert.equal(asks.length, 0, 'the responder is asked when the request is whole');
  assert.ok(got[0]! < body.length);
  const answer = await exchangeRaw(socket, body.subarray(-1));
  assert.match(answer.text, /^HTTP\/1.1 200 OK.*ok$/s);
  assert.deepEqual(got, [body.length]);
  assert.ok(Buffer.from(asks[0]!.request.body).equals(body));
});

test('it is on disk in the turn in which its last bytes go on', async t => {
  const { writer, read } = recordingSession(t);
  let given = 0;
  let asked = 0;
  const recorded: string[] = [];
  const host = await httpHost(
    t,
    (request, response) => void request.resume().on('end', () => response.end('ok')),
  );
  const upstream = new Upstream();
  const counting = {
    upload(...begin: Parameters<Upstream['upload']>) {
      const upload = upstream.upload(...begin);
      const { piece } = upload;
      return Object.assign(upload, {
        piece(bytes: Uint8Array) {
          given += bytes.length;
          piece.call(upload, bytes);
        },
      });
    },
    respond(...call: Parameters<Upstream['respond']>) {
      asked++;
      setImmediate(() => recorded.push('turn over'));
      return upstream.respond(...call);
    },
  };
  const { request } = writer;
  writer.request = record => {
    recorded.push(`asked ${asked}`);
    request.call(writer, record);
  };
  const { proxy } = await startUnderTest(t, { responder: new Recorder(counting, writer, sessionClock()) });
  const answer = await exchangeRaw(
    await openSocket(proxy.port),
    Buffer.concat([Buffer.from(head(proxy.port, host)), body]),
  );
  assert.match(answer.text, /^HTTP\/1.1 200 OK/);
  assert.ok(given > 0 && given < body.length, `${given} bytes had gone on before the end`);
  assert.deepEqual(recorded, ['asked 1', 'turn over']);
  const session = await read();
  assert.ok(Buffer.from(session.exchange(0).request.body).equals(body));
  await upstream.close();
});

test('an agent that hangs up while it sends: the host never has a whole request', async t => {
  const closed: Promise<unknown>[] = [];
  let came: () => void = () => undefined;
  const some = new Promise<void>(resolve => {
    came = resolve;
  });
  const { port, got } = await countingHost(t, socket => {
    if (closed.length === 0) closed.push(once(socket, 'close'));
    came();
  });
  const { proxy, asks } = await startUnderTest(t);
  const socket = await openSocket(proxy.port);
  socket.write(Buffer.concat([Buffer.from(head(proxy.port, port)), body.subarray(0, 100_000)]));
  await some;
  socket.destroy();
  await closed[0];
  assert.ok(got[0]! < body.length);
  assert.equal(asks.length, 0);
});

test('a connection that breaks while the request is on its way is no harm: it is sent anew, whole', async t => {
  const { port, got } = await countingHost(t, (socket, bytes, connection) => {
    if (connection === 0) socket.resetAndDestroy();
    else if (bytes === body.length) socket.write(ok);
  });
  const { proxy } = await startUnderTest(t);
  const socket = await openSocket(proxy.port);
  socket.write(Buffer.concat([Buffer.from(head(proxy.port, port)), body.subarray(0, 100_000)]));
  while (got.length === 0 || got[0] === 0) await new Promise(resolve => setImmediate(resolve));
  // The reset takes a turn or two to come back.
  await new Promise(resolve => setTimeout(resolve, 50));
  const answer = await exchangeRaw(socket, body.subarray(100_000));
  assert.match(answer.text, /^HTTP\/1.1 200 OK.*ok$/s);
  assert.equal(got.length, 2);
  assert.equal(got[1], body.length);
});

test('a host that refuses before it has read everything is heard', async t => {
  let answered: () => void = () => undefined;
  const early = new Promise<void>(resolve => {
    answered = resolve;
  });
  let refused = false;
  const { port } = await countingHost(t, socket => {
    if (refused) return;
    refused = true;
    socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig', () => answered());
  });
  const { proxy } = await startUnderTest(t);
  const socket = await openSocket(proxy.port);
  socket.write(Buffer.concat([Buffer.from(head(proxy.port, port)), body.subarray(0, 100_000)]));
  await early;
  const answer = await exchangeRaw(socket, body.subarray(100_000));
  assert.match(answer.text, /^HTTP\/1.1 413 Too Large.*big$/s);
});
