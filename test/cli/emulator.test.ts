import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { publicCertificate } from '../proxy/local-host.ts';
import { commandLine, root } from './command-line.ts';

const ASKED = {
  model: 'gpt-4o',
  messages: [
    { role: 'system', content: '# Shipping' },
    { role: 'user', content: 'When do you ship?' },
  ],
};

test('rewind emulator says where it listens, speaks by its script, stops when told', async t => {
  const script = join(root, 'examples/scripts/rag.json');
  const running = commandLine(t).start(
    ...['emulator', '--script', script, '--behaviour', '{"rewording":{"Two":"2"}}', '--json'],
  );
  t.after(() => running.kill('SIGKILL'));
  await running.says('\n');
  const told = JSON.parse(running.output()) as { event: string; url: string; tlsUrl: string | null };
  assert.deepEqual(told, { event: 'listening', url: told.url, tlsUrl: null });
  const answer = await fetch(`${told.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer k', 'content-type': 'application/json' },
    body: JSON.stringify(ASKED),
  });
  assert.match(await answer.text(), /"content": "2 days within the country, up to six abroad\."/);
  running.kill('SIGTERM');
  assert.equal((await running.ended).code, 0);
});

test('with a key and a certificate its port speaks TLS too', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'rewind-emulator-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const { key, cert } = publicCertificate('localhost');
  writeFileSync(join(folder, 'key.pem'), key);
  writeFileSync(join(folder, 'cert.pem'), cert);
  const cli = commandLine(t);
  cli.cwd = folder;
  const running = cli.start('emulator', '--key', 'key.pem', '--cert', 'cert.pem');
  t.after(() => running.kill('SIGKILL'));
  await running.says('and https://');
  const url = /https:\/\/\S+/.exec(running.output())![0];
  const shown = await new Promise<string>((resolve, reject) => {
    const ask = request(`${url}/v1/models`, { rejectUnauthorized: false }, response => {
      const { raw } = (response.socket as TLSSocket).getPeerCertificate();
      response.resume().on('end', () => resolve(new X509Certificate(raw).fingerprint256));
    });
    ask.on('error', reject).end();
  });
  assert.equal(shown, new X509Certificate(cert).fingerprint256);

  for (const [words, message] of [
    [['--key', 'key.pem'], /--key and --cert go together/],
    [['--key', 'key.pem', '--cert', 'none.pem'], /Cannot read: there is no such file/],
    [['--key', 'cert.pem', '--cert', 'cert.pem'], /no key and certificate that belong together/],
  ] as const) {
    const { code, stderr } = await cli.run('emulator', ...words);
    assert.equal(code, 2, stderr);
    assert.match(stderr, message);
  }
});

test('a port that is taken, or none, is told in one line', async t => {
  const taken = createServer();
  await new Promise<void>(resolve => taken.listen(0, '127.0.0.1', resolve));
  t.after(() => taken.close());
  const { port } = taken.address() as { port: number };
  const cli = commandLine(t);
  const inUse = await cli.run('emulator', '--port', String(port));
  assert.equal(inUse.code, 2);
  assert.match(inUse.stderr, new RegExp(`^rewind: Port ${port} on 127\\.0\\.0\\.1 is already in use\\.\n`));
  assert.equal((await cli.run('emulator', '--port', 'x')).code, 2);
});
