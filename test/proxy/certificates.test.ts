import assert from 'node:assert/strict';
import { execFile, fork } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type CertificateAuthority, openCertificateAuthority } from '../../src/proxy/certificates.ts';
import { curl } from './agent-client.ts';
import { listening, publicCa, temporaryFolder } from './local-host.ts';

const run = promisify(execFile);
const hosts = ['api.openai.com', '*.openai.azure.com', 'bedrock-runtime.*.amazonaws.com'];
const day = 24 * 60 * 60 * 1000;

function open(home: string, options: { readonly now?: number; readonly hosts?: readonly string[] } = {}) {
  const notices: string[] = [];
  const { now } = options;
  const ca = openCertificateAuthority({
    home,
    hosts: options.hosts ?? hosts,
    notice: message => notices.push(message),
    ...(now !== undefined && { now: () => now }),
  });
  return { ca, notices };
}

test('is made once and used again; key 0600, folder 0700', t => {
  const home = temporaryFolder(t);
  const first = open(home);
  const second = open(home);
  assert.equal(second.ca.cert, first.ca.cert);
  assert.deepEqual([...first.notices, ...second.notices], []);
  assert.equal(statSync(join(home, 'ca')).mode & 0o777, 0o700);
  assert.equal(statSync(join(home, 'ca', 'key.pem')).mode & 0o777, 0o600);
  const others = open(home, { hosts: ['llm.corp.example'] });
  assert.notEqual(others.ca.certPath, first.ca.certPath);
  assert.deepEqual(readdirSync(join(home, 'ca')).length, 3);
  assert.equal(open(home, { hosts: hosts.toReversed() }).ca.certPath, first.ca.certPath);
});

test('carries key identifiers, basic constraints and key usage, and began a day ago', async t => {
  const { ca } = open(temporaryFolder(t));
  const parsed = new X509Certificate(ca.cert);
  assert.equal(parsed.ca, true);
  assert.ok(Date.parse(parsed.validFrom) <= Date.now() - day + 60_000);
  const text = (await run('openssl', ['x509', '-in', ca.certPath, '-noout', '-text'])).stdout;
  assert.match(text, /Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
  assert.match(text, /Key Usage: critical\s+Certificate Sign, CRL Sign/);
  const subject = /Subject Key Identifier:\s+([0-9A-F:]+)/.exec(text)?.[1];
  assert.ok(subject);
  assert.match(text, new RegExp(`Authority Key Identifier:\\s+(?:keyid:)?${subject}`));
  assert.match(text, /Name Constraints: critical\s+Permitted:/);
  const leaf = new X509Certificate(ca.issue('api.openai.com').cert);
  assert.ok(leaf.checkIssued(parsed) && leaf.verify(parsed.publicKey));
});

for (const [what, spoil, reason] of [
  ['expired', undefined, /has expired/],
  [
    'unreadable',
    (ca: CertificateAuthority) => writeFileSync(ca.certPath, 'nonsense'),
    /not a readable certificate/,
  ],
  ['of another key', (ca: CertificateAuthority) => writeFileSync(ca.certPath, publicCa), /does not belong/],
  [
    'without a readable key',
    (ca: CertificateAuthority) => writeFileSync(join(ca.folder, 'key.pem'), 'nonsense'),
    /not a readable P-256 key/,
  ],
  [
    'with a key that others could read',
    (ca: CertificateAuthority) => chmodSync(join(ca.folder, 'key.pem'), 0o644),
    /readable by other users/,
  ],
] as const) {
  test(`a CA that is ${what} is made anew, and it is said`, t => {
    const home = temporaryFolder(t);
    const { ca } = open(home);
    spoil?.(ca);
    const again = open(home, spoil ? {} : { now: Date.now() + 5 * 365 * day });
    assert.equal(again.notices.length, 1);
    assert.match(again.notices[0]!, reason);
    assert.notEqual(again.ca.cert, ca.cert);
    assert.deepEqual(open(home, spoil ? {} : { now: Date.now() + 5 * 365 * day }).notices, []);
    assert.equal(statSync(join(home, 'ca', 'key.pem')).mode & 0o777, 0o600);
  });
}

test('a clock that jumped back does not leave a CA of the future', t => {
  const home = temporaryFolder(t);
  open(home, { now: Date.now() + 30 * day });
  assert.match(open(home).notices[0] ?? '', /from the future/);
});

test('a pattern that stands for every host is refused', t => {
  assert.throws(() => open(temporaryFolder(t), { hosts: ['*'] }), { code: 'host-pattern-too-wide' });
});

test('a file where the folder should be says so', t => {
  const home = temporaryFolder(t);
  writeFileSync(join(home, 'ca'), '');
  assert.throws(() => open(home), { code: 'ca-not-writable', hint: /REWIND_HOME/ });
});

test('many processes at once end with one CA', async t => {
  const home = temporaryFolder(t);
  const script = fileURLToPath(new URL('open-ca.ts', import.meta.url));
  const certificates = await Promise.all(
    Array.from({ length: 6 }, () => {
      const child = fork(script, [home, ...hosts]);
      return new Promise<string>((resolve, reject) => {
        child.on('message', message => resolve(String(message)));
        child.on('exit', code => reject(new Error(`ended with ${code}`)));
      });
    }),
  );
  assert.equal(new Set(certificates).size, 1);
  assert.deepEqual(
    readdirSync(join(home, 'ca')).filter(name => name.includes('lock')),
    [],
  );
});

test('a lock that a dead process left is taken over', t => {
  const home = temporaryFolder(t);
  mkdirSync(join(home, 'ca'), { recursive: true });
  const lock = join(home, 'ca', '.lock');
  writeFileSync(lock, '');
  const past = new Date(Date.now() - 60_000);
  utimesSync(lock, past, past);
  assert.ok(open(home).ca.cert);
});

/** Serves as `host` with a certificate of the CA, as an attacker with its key could. */
async function impostor(t: TestContext, ca: CertificateAuthority, host: string): Promise<number> {
  const { key, cert } = ca.issue(host);
  return listening(
    t,
    createServer({ key, cert }, (_, response) => response.end('served')),
  );
}

/** What a client of each kind makes of `https://<host>` when it trusts the CA. */
type Client = (host: string, port: number, caFile: string) => Promise<string>;

const clients: Readonly<Record<string, Client>> = {
  curl: (host, port, caFile) => {
    const to = ['--connect-to', `${host}:443:127.0.0.1:${port}`];
    return curl('--cacert', caFile, ...to, `https://${host}/`);
  },
  node: async (host, port, caFile) => {
    const script = `require('https').get({ host: '127.0.0.1', port: ${port}, servername: '${host}', headers: { host: '${host}' } },
      answer => answer.pipe(process.stdout)).on('error', error => { console.error(error.message); process.exit(1) })`;
    const env = { PATH: process.env.PATH, NODE_EXTRA_CA_CERTS: caFile };
    return (await run(process.execPath, ['-e', script], { env })).stdout;
  },
  python: async (host, port, caFile) => {
    const script = `import socket, ssl
s = ssl.create_default_context().wrap_socket(socket.create_connection(('127.0.0.1', ${port})), server_hostname='${host}')
s.sendall(b'GET / HTTP/1.0\\r\\nHost: ${host}\\r\\n\\r\\n')
print(b''.join(iter(lambda: s.recv(65536), b'')).decode())`;
    return (await run('python3', ['-c', script], { env: { PATH: process.env.PATH, SSL_CERT_FILE: caFile } }))
      .stdout;
  },
};

for (const [name, client] of Object.entries(clients)) {
  const program = name === 'node' ? process.execPath : name === 'python' ? 'python3' : name;
  test(`${name} takes the CA for the hosts it is made for, and for no other`, async t => {
    if (!(await isThere(program))) return t.skip(`${program} is not installed`);
    const { ca } = open(temporaryFolder(t));
    for (const host of [
      'api.openai.com',
      'mine.openai.azure.com',
      'bedrock-runtime.eu-west-1.amazonaws.com',
      'localhost',
    ]) {
      assert.match(await client(host, await impostor(t, ca, host), ca.certPath), /served/, host);
    }
    for (const host of ['api.github.com', 'openai.com', 'evil-api.openai.com.example']) {
      await assert.rejects(
        client(host, await impostor(t, ca, host), ca.certPath),
        /permitted subtree/i,
        host,
      );
    }
  });
}

async function isThere(program: string): Promise<boolean> {
  try {
    await run(program, ['--version']);
    return true;
  } catch {
    return false;
  }
}
