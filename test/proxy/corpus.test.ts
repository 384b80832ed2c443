/** Real traffic over real sockets: a host serves every recorded answer, the proxy records it, a tape gives it again. */
import assert from 'node:assert/strict';
import { Agent, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import { test } from 'node:test';
import { isCredentialHeader } from '../../src/providers/credentials.ts';
import { Recorder, sessionClock } from '../../src/proxy/recorder.ts';
import { Upstream } from '../../src/proxy/upstream.ts';
import { parseUpstreamMapping } from '../../src/proxy/upstream-map.ts';
import { Tape } from '../../src/tape/tape.ts';
import type { Exchange } from '../../src/wire/exchange.ts';
import { answerBody } from '../../src/wire/exchange.ts';
import type { RawHeaders } from '../../src/wire/headers.ts';
import { pairedHeaders } from '../../src/wire/headers.ts';
import { corpusFiles, corpusMissing } from '../sessions/corpus.ts';
import { httpHost } from './local-host.ts';
import { recordingSession } from './recording-session.ts';
import { startUnderTest } from './under-test.ts';

interface Received {
  readonly status: number | undefined;
  readonly reason: string | undefined;
  readonly headers: RawHeaders;
  readonly body: Buffer;
}

/** What the corpus's recorders kept of the connection, or no longer holds for the bytes that they kept. */
const OF_THE_CONNECTION =
  /^(connection|keep-alive|transfer-encoding|content-encoding|content-length|host|expect|upgrade|te|trailer|proxy-.*|http2-settings|:.*)$/i;
const VALUE = /^[\t\x20-\x7e]*$/;

const sendable = (headers: RawHeaders): RawHeaders =>
  headers.filter(
    ([name, value]) => !OF_THE_CONNECTION.test(name) && /^[\w-]+$/.test(name) && VALUE.test(value),
  );

/** Sends it as to a proxy. */
function ask({ request }: Exchange, port: number, agent: Agent): Promise<Received> {
  return new Promise((resolve, reject) => {
    const headers = [...sendable(request.headers), ['Host', request.host]].flat();
    if (request.body.length > 0) headers.push('Content-Length', String(request.body.length));
    const sent = send(
      {
        host: '127.0.0.1',
        port,
        agent,
        method: request.method,
        path: `http://${request.host}${request.path}`,
        headers,
      },
      async (answer: IncomingMessage) => {
        const pieces: Buffer[] = [];
        for await (const piece of answer) pieces.push(piece as Buffer);
        const { statusCode: status, statusMessage: reason, rawHeaders } = answer;
        resolve({ status, reason, headers: pairedHeaders(rawHeaders), body: Buffer.concat(pieces) });
      },
    );
    sent.on('error', reject);
    sent.end(request.body);
  });
}

/** Without what a recording masks. */
const shown = ({ headers, ...rest }: Received): object => ({
  ...rest,
  headers: headers.map(([name, value]) => (isCredentialHeader(name) ? [name] : [name, value])),
});

test('every call of the corpus: served, recorded and replayed on the wire, byte for byte', {
  skip: corpusMissing,
}, async t => {
  let serving: Exchange | undefined;
  const port = await httpHost(t, (request: IncomingMessage, response: ServerResponse) => {
    request.resume().on('end', () => {
      const { head, chunks } = serving!.answer;
      response.writeHead(head!.status, head!.reason, sendable(head!.headers).flat());
      for (const { bytes } of chunks) response.write(bytes);
      response.end();
    });
  });
  let calls = 0;
  for (const { name, exchanges } of corpusFiles()) {
    const { writer, read } = recordingSession(t);
    const upstream = new Upstream({ mappings: [parseUpstreamMapping(`*=http://127.0.0.1:${port}`)] });
    const recording = await startUnderTest(t, {
      isLlm: () => true,
      responder: new Recorder(upstream, writer, sessionClock()),
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const received: Received[] = [];
    for (const exchange of exchanges) {
      serving = exchange;
      const got = await ask(exchange, recording.proxy.port, agent);
      const where = `${name}, exchange ${exchange.seq}`;
      assert.equal(got.status, exchange.answer.head!.status, where);
      assert.ok(got.body.equals(answerBody(exchange.answer)), `${where}: body on the way through`);
      received.push(got);
    }
    agent.destroy();
    await recording.proxy.close();
    const session = await read();
    const tape = new Tape(session);
    const replaying = await startUnderTest(t, { isLlm: () => true, responder: tape });
    const again = new Agent({ keepAlive: true, maxSockets: 1 });
    for (const [i, exchange] of exchanges.entries()) {
      const got = await ask(exchange, replaying.proxy.port, again);
      assert.deepEqual(shown(got), shown(received[i]!), `${name}, exchange ${exchange.seq}: replayed`);
      calls++;
    }
    again.destroy();
    await replaying.proxy.close();
    assert.deepEqual(tape.report().misses, [], name);
    assert.deepEqual([...recording.errors, ...replaying.errors], [], name);
  }
  assert.ok(calls > 9000, `only ${calls} calls`);
});
