import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { startProxy } from '../../src/proxy/proxy.ts';
import { refusalOfDirectRequest } from '../../src/proxy/reverse-path.ts';
import { httpHost } from './local-host.ts';
import { exchangeRaw, openSocket } from './raw-client.ts';
import { startUnderTest } from './under-test.ts';

test('listens on 127.0.0.1 and nowhere else', async t => {
  const { proxy } = await startUnderTest(t);
  if (process.platform === 'linux') {
    const listening = ['tcp', 'tcp6']
      .flatMap(file => readFileSync(`/proc/net/${file}`, 'utf8').trim().split('\n').slice(1))
      .map(line => line.trim().split(/\s+/))
      .filter(([, local, , state]) => state === '0A' && local?.endsWith(hexPort(proxy.port)))
      .map(([, local]) => local);
    assert.deepEqual(listening, [`0100007F:${hexPort(proxy.port)}`]);
  } else {
    const lines = execFileSync('netstat', ['-an'], { encoding: 'utf8' }).split('\n');
    const ours = lines.filter(line => /LISTEN/.test(line) && new RegExp(`[.:]${proxy.port}\\s`).test(line));
    assert.ok(ours.length > 0);
    assert.ok(ours.every(line => line.includes('127.0.0.1')));
  }
  const outside = Object.values(networkInterfaces())
    .flat()
    .find(each => each && !each.internal && each.family === 'IPv4')?.address;
  if (!outside) return t.diagnostic('no other interface to try to connect by');
  await assert.rejects(
    new Promise((_, reject) =>
      connect(proxy.port, outside, () => assert.fail('connected')).on('error', reject),
    ),
    { code: 'ECONNREFUSED' },
  );
});

const hexPort = (port: number) => port.toString(16).toUpperCase().padStart(4, '0');

test('a port that is taken is named, with what to do', async t => {
  const taken = await httpHost(t, () => undefined);
  const { ca } = await startUnderTest(t);
  const responder = { respond: () => Promise.resolve() };
  await assert.rejects(startProxy({ ca, responder, interceptHosts: [], listen: { port: taken } }), {
    name: 'RewindError',
    code: 'port-taken',
    message: `Port ${taken} on 127.0.0.1 is already in use.`,
    hint: /another port/,
  });
});

test('an address of another machine is refused in words', async t => {
  const { ca } = await startUnderTest(t);
  const responder = { respond: () => Promise.resolve() };
  await assert.rejects(startProxy({ ca, responder, interceptHosts: [], listen: { host: '192.0.2.1' } }), {
    code: 'cannot-listen',
  });
});

/** Status of an answer to a request that was sent to the proxy as to a web server. */
async function ask(port: number, path: string, ...headers: readonly string[]): Promise<number> {
  const lines = [`GET ${path} HTTP/1.1`, ...headers, 'Connection: close', '', ''];
  const { text } = await exchangeRaw(await openSocket(port), lines.join('\r\n'));
  return Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);
}

test('a web page cannot use the proxy through a browser', async t => {
  const host = await httpHost(t, (_, response) => response.end('ok'));
  const { proxy, asks } = await startUnderTest(t);
  const { port } = proxy;
  const path = `/_rewind/http/localhost:${host}/`;
  const own = `Host: 127.0.0.1:${port}`;
  assert.equal(await ask(port, path, `Host: evil.example:${port}`), 403, 'a name bound to this machine');
  assert.equal(await ask(port, path, 'Host: evil.example'), 403, 'such a name, without the port');
  assert.equal(await ask(port, path, own, 'Origin: https://evil.example'), 403, 'a script');
  assert.equal(await ask(port, path, own, 'Origin: null'), 403, 'a sandboxed script');
  assert.equal(await ask(port, path, own, 'Sec-Fetch-Site: cross-site'), 403, 'an image');
  assert.equal(
    await ask(port, `/v1/chat/completions`, `Host: evil.example:${port}`),
    403,
    'no base URL at all',
  );
  assert.equal(asks.length, 0);
  assert.equal(await ask(port, path, own), 200, 'an SDK');
  assert.equal(await ask(port, path, `Host: localhost:${port}`), 200);
  assert.equal(await ask(port, path, own, `Origin: http://localhost:3000`), 200, 'a page of this machine');
  assert.equal(await ask(port, path, own, 'Sec-Fetch-Site: none'), 200, 'typed by the user');
  assert.equal(asks.length, 4);
});

test('hosts that are not recorded are not reached by a rewritten target', async t => {
  const host = await httpHost(t, (_, response) => response.end('internal'));
  const { proxy } = await startUnderTest(t, { interceptHosts: ['api.openai.com'] });
  assert.equal(await ask(proxy.port, '/', `Host: localhost:${host}`), 421);
});

test('no circles', async t => {
  const { proxy } = await startUnderTest(t);
  const { port } = proxy;
  const own = `Host: 127.0.0.1:${port}`;
  assert.equal(await ask(port, `/_rewind/http/127.0.0.1:${port}/_rewind/http/localhost:${port}/`, own), 421);
  assert.equal(await ask(port, `http://localhost:${port}/v1`, own), 404);
  const { text } = await exchangeRaw(
    await openSocket(port),
    `CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`,
  );
  assert.match(text, /^HTTP\/1\.1 421 /);
});

test('what is no base URL is told how one looks', async t => {
  const { proxy } = await startUnderTest(t);
  for (const path of ['/', '/_rewind/', '/_rewind/ftp/host/', '/_rewind/https/', '/_rewind/https/a b/x']) {
    const request = `GET ${path.replace(' ', '%20')} HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\nConnection: close\r\n\r\n`;
    const { text } = await exchangeRaw(await openSocket(proxy.port), request);
    assert.match(text, /^HTTP\/1\.1 404 [\s\S]*_rewind\/https\/api\.openai\.com/, path);
  }
});

test('a proxy that is told to listen elsewhere takes its own names, and still no web page', () => {
  assert.equal(refusalOfDirectRequest({ host: 'rewind:8080' }, false), undefined);
  assert.match(
    refusalOfDirectRequest({ host: 'rewind:8080', origin: 'https://evil.example' }, false) ?? '',
    /web page/,
  );
});

test('a body over the limit gets a 413', async t => {
  const { proxy, asks } = await startUnderTest(t, { maxBodyBytes: 1000 });
  const request = `POST / HTTP/1.1\r\nHost: localhost:9\r\nContent-Length: 2000\r\nConnection: close\r\n\r\n${'x'.repeat(2000)}`;
  const { text } = await exchangeRaw(await openSocket(proxy.port), request);
  assert.match(text, /^HTTP\/1\.1 413 /);
  assert.equal(asks.length, 0);
});

test('nothing is printed when connections break or speak nonsense', async t => {
  const printed: unknown[][] = [];
  for (const method of ['log', 'warn', 'error'] as const) {
    t.mock.method(console, method, (...parts: unknown[]) => printed.push(parts));
  }
  const { proxy } = await startUnderTest(t);
  for (const nonsense of [
    '\x16\x03\x01\x00\x05hello',
    'GET\r\n\r\n',
    '\x05\x01\x00\xff',
    'PRI * HTTP/2.0\r\n\r\nSX',
    '\x00\x01\x02',
  ]) {
    const socket = await openSocket(proxy.port);
    socket.on('error', () => undefined);
    socket.end(Buffer.from(nonsense, 'latin1'));
    await new Promise(resolve => socket.on('close', resolve).resume());
  }
  assert.deepEqual(printed, []);
});
