import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { casesScript } from './cases-script.ts';
import { assertReportedCallsRead } from './reported-calls.ts';
import { ROOT, roundTrip } from './round-trip.ts';

/** Why a program cannot be run; undefined where it can. */
function without(program: string, ...args: readonly string[]): string | undefined {
  const { error } = spawnSync(program, args, { stdio: 'ignore' });
  return error ? `${program} is not installed` : undefined;
}

const noCurl = without('curl', '--version') ?? without('bash', '--version');

test('curl: SSE, HTTP/2, codings, 20 MB, several at once, a timeout, a broken stream', {
  skip: noCurl ?? false,
}, async () => {
  const { stdout, calls } = await roundTrip({
    command: ['bash', 'test/clients/programs/curl.sh'],
    script: casesScript,
    preserveEncoding: true,
  });
  assert.match(stdout, /^HTTP\/1\.1 200 /m);
  assert.match(stdout, /"content": "You said: hello http2"/);
  assert.match(stdout, /Packed by brotli/);
  assert.match(stdout, /heads[\s\S]*tails[\s\S]*edge/);
  assert.match(stdout, /curl says 28/);
  assert.match(stdout, /curl says 56\ncurl says 18 when cut short/);
  const providers = new Set(calls.map(call => call.provider));
  assert.deepEqual([...providers].sort(), ['anthropic', 'gemini', 'openai']);
});

test('Go, net/http: SSE, gzip, 20 MB, 64 at once, a timeout, a broken stream', {
  skip: without('go', 'version') ?? false,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rewind-go-'));
  try {
    const binary = join(folder, process.platform === 'win32' ? 'client.exe' : 'client');
    const source = join(ROOT, 'test/clients/programs/client.go');
    const built = spawnSync('go', ['build', '-o', binary, source], { encoding: 'utf8' });
    assert.equal(built.status, 0, built.stderr);
    const { stdout, calls } = await roundTrip({
      command: [binary],
      script: casesScript,
      preserveEncoding: true,
    });
    assertReportedCallsRead(stdout, calls);
    assert.match(stdout, /^again heads\nagain tails\nagain edge\ngzip Packed by gzip\.$/m);
    assert.match(stdout, /^timeout true\nbroken false true\ncut short true false$/m);
    assert.equal(calls.length, 9 + 64 + 1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
