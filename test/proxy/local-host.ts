import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, createServer as createTcp, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { makeCaCertificate, makeLeafCertificate, validFor } from '../../src/proxy/x509.ts';

/** A folder that goes with its test. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'rewind-proxy-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const caKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const caName = 'Test roots';

/** The CA that stands for the public ones: hosts of these tests are certified by it. */
export const publicCa = makeCaCertificate({
  commonName: caName,
  privateKey: caKey,
  permitted: undefined,
  validity: validFor(2),
});

export function publicCaFile(t: TestContext): string {
  const path = join(temporaryFolder(t), 'public-ca.pem');
  writeFileSync(path, publicCa);
  return path;
}

export function publicCertificate(host: string): { readonly key: string; readonly cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const cert = makeLeafCertificate({ host, publicKey, caName, caKey, validity: validFor(2) });
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, cert };
}

/** Serves until the test ends; gives the port. */
export async function listening(t: TestContext, server: Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    (server as Server & { closeAllConnections?(): void }).closeAllConnections?.();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

export function httpHost(t: TestContext, listener: RequestListener): Promise<number> {
  return listening(t, createHttp(listener));
}

/** An HTTPS host that answers to `localhost`. */
export function httpsHost(t: TestContext, listener: RequestListener): Promise<number> {
  return listening(t, createHttps(publicCertificate('localhost'), listener));
}

/** A port that refuses connections. */
export async function closedPort(): Promise<number> {
  const server = createTcp();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return port;
}
