/**
 * What src/proxy/combo-server.ts relies on in mockttp's undocumented module. If this fails after a change of version, so will
 * the proxy, and in ways that are harder to read.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCertificateAuthority } from '../../src/proxy/certificates.ts';
import { startComboServer, viaOf } from '../../src/proxy/combo-server.ts';
import { temporaryFolder } from './local-host.ts';
import { connectThrough, exchangeRaw, openSocket, secured } from './raw-client.ts';

const require = createRequire(import.meta.url);

test('the version is the pinned one', () => {
  const wanted = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const path = require.resolve('mockttp').replace(/dist.*$/, 'package.json');
  const found = JSON.parse(readFileSync(path, 'utf8'));
  assert.equal(wanted.devDependencies.mockttp, '4.6.5');
  assert.equal(found.version, '4.6.5');
});

test('the modules and names are there', () => {
  const modules = {
    'mockttp/dist/server/http-combo-server': ['createComboServer'],
    'mockttp/dist/util/certificates': ['getCA'],
    'mockttp/dist/util/socket-metadata': ['getSocketMetadataFromProxyAuth'],
  } as const;
  for (const [module, names] of Object.entries(modules)) {
    for (const name of names) assert.equal(typeof require(module)[name], 'function', `${module}: ${name}`);
  }
  const {
    LastTunnelAddress,
    LastHopEncrypted,
    SocketMetadata,
    TlsMetadata,
    TlsSetupCompleted,
  } = require('mockttp/dist/util/socket-extensions');
  for (const each of [LastTunnelAddress, LastHopEncrypted, SocketMetadata, TlsMetadata, TlsSetupCompleted]) {
    assert.equal(typeof each, 'symbol');
  }
  const certificates = Object.getOwnPropertyDescriptor(require('mockttp/dist/util/certificates'), 'getCA');
  assert.equal(certificates?.writable, true, 'getCA can be replaced');
});

test('CONNECT, TLS and direct requests come with their destination; our certificates are used', async t => {
  const ca = openCertificateAuthority({ home: temporaryFolder(t), hosts: ['localhost'] });
  const issued: string[] = [];
  const seen: object[] = [];
  const readByNode: boolean[] = [];
  const refused: string[] = [];
  const tunnelled: string[] = [];
  const server = await startComboServer({
    host: '127.0.0.1',
    port: 0,
    caCert: ca.cert,
    issue: host => {
      issued.push(host);
      return ca.issue(host);
    },
    interceptHostnames: ['localhost'],
    request: (request, response) => {
      const { tunnel, secure, serverName, tags } = viaOf(
        request.socket,
        request.headers['proxy-authorization'],
      );
      seen.push({ tunnel, secure, serverName, tags });
      // The parser's own note that it takes its bytes from below the stream.
      const { parser } = request.socket as unknown as { readonly parser: { readonly _consumed: boolean } };
      readByNode.push(parser._consumed);
      (response as { end(text: string): void }).end('ok');
    },
    connect: () => false,
    upgrade: (_, socket) => socket.destroy(),
    tunnel: (socket: Socket, hostname, port) => {
      tunnelled.push(`${hostname}:${port}`);
      socket.destroy();
    },
    tlsRefused: (_, cause) => refused.push(cause),
  });
  t.after(() => server.destroy());
  const get = 'GET / HTTP/1.1\r\nHost: localhost:8443\r\nConnection: close\r\n';
  const metadata = Buffer.from('metadata:{"tags":["run:r"]}').toString('base64');
  const authorization = `Proxy-Authorization: Basic ${metadata}\r\n`;

  const connected = await openSocket(server.port);
  await connectThrough(connected, 'localhost:8443', authorization);
  await exchangeRaw(await secured(connected, ca.cert), `${get}\r\n`);
  await exchangeRaw(await secured(await openSocket(server.port), ca.cert), `${get}\r\n`);
  await exchangeRaw(await openSocket(server.port), `${get}${authorization}\r\n`);
  assert.deepEqual(seen, [
    { tunnel: 'localhost:8443', secure: true, serverName: 'localhost', tags: ['run:r'] },
    { tunnel: undefined, secure: true, serverName: 'localhost', tags: [] },
    { tunnel: undefined, secure: false, serverName: undefined, tags: ['run:r'] },
  ]);
  assert.ok(issued.includes('localhost'));
  assert.deepEqual(readByNode, [true, true, true], 'nobody listens where Node reads a connection by itself');
  assert.deepEqual(refused, [], 'a client that asks and soon hangs up did not refuse the certificate');

  (await secured(await openSocket(server.port), ca.cert)).destroy();
  for (let waited = 0; refused.length === 0 && waited < 200; waited++) await sleep(10);
  assert.equal(refused.length, 1, 'a client that hangs up without a request did');

  const other = await openSocket(server.port);
  await connectThrough(other, 'elsewhere.test:9443');
  await assert.rejects(secured(other, ca.cert, 'elsewhere.test'));
  assert.deepEqual(
    tunnelled,
    ['elsewhere.test:9443'],
    'TLS to hosts that are not intercepted is handed over',
  );
});
