import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkRuntimes, findRuntimes, type Runtime } from '../../src/launch/runtimes.ts';
import { Upstream } from '../../src/proxy/upstream.ts';
import { Bench, testRuntimeFolders } from './agent-run.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

test('every client of every runtime on this machine is captured', async t => {
  const runtimes = await findRuntimes({ cwd: root, folders: testRuntimeFolders() });
  for (const id of ['node', 'python', 'curl', 'go', 'java', 'ruby', 'deno', 'bun'] as const) {
    const mine = runtimes.filter(runtime => runtime.id === id);
    await t.test(id, async t => {
      if (mine.length === 0) return t.skip(`there is no ${id} on this machine`);
      const checks = await checkRuntimes(mine);
      assert.equal(checks.length, mine.length);
      for (const { runtime, clients } of checks) {
        const bad = clients.filter(({ outcome }) => outcome !== 'captured' && outcome !== 'missing');
        assert.deepEqual(bad, [], `${runtime.version} (${runtime.file})`);
        assert.ok(clients.some(({ outcome }) => outcome === 'captured'));
      }
    });
  }
});

test('a client that gets past the proxy is reported as a bypass, one without trust as failed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rewind-bypass-'));
  try {
    const wrapped = async (name: string, line: string): Promise<Runtime> => {
      const file = join(folder, name);
      await writeFile(file, `#!/bin/sh\n${line} exec '${process.execPath}' "$@"\n`);
      await chmod(file, 0o755);
      return { id: 'node', file, version: name };
    };
    const [bypassing, distrusting] = await checkRuntimes([
      await wrapped('without-hook', 'unset NODE_OPTIONS NODE_USE_ENV_PROXY;'),
      await wrapped('without-ca', 'unset NODE_EXTRA_CA_CERTS REWIND_CA;'),
    ]);
    assert.deepEqual(
      bypassing?.clients.map(({ client, outcome }) => [client, outcome]),
      ['fetch', 'https', 'https, own agent', 'https, own CA list', 'http2'].map(client => [
        client,
        'bypassed',
      ]),
    );
    assert.ok(bypassing?.clients.every(({ advice }) => advice?.includes('NODE_OPTIONS')));
    assert.equal(distrusting?.clients.find(({ client }) => client === 'fetch')?.outcome, 'failed');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('a model server on this machine is reached by each of its names', async () => {
  const bench = await Bench.open();
  try {
    const names = ['localhost', '127.0.0.1', '[::1]'];
    const node = names.map(name => `await fetch('http://${name}:11434/api/chat?${name.length}')`).join(';');
    const inNode = await bench.run([process.execPath, '--input-type=module', '-e', node]);
    assert.deepEqual(
      inNode.exchanges.map(({ request }) => request.host),
      names.map(name => `${name}:11434`),
      inNode.stderr,
    );
    const python = names.map(name => `urlopen("http://${name}:11434/api/chat")`).join('; ');
    const inPython = await bench.run(['python3', '-c', `from urllib.request import urlopen; ${python}`]);
    assert.deepEqual(
      inPython.exchanges.map(({ request }) => request.host),
      names.map(name => `${name}:11434`),
      inPython.stderr,
    );
  } finally {
    await bench.close();
  }
});

test('with all HTTP recorded, a tool that is served on this machine is recorded too', async () => {
  const bench = await Bench.open();
  const direct = new Upstream({});
  try {
    const url = `http://localhost:${bench.port}/weather`;
    const clients = [
      [process.execPath, '-e', `fetch('${url}').then(r => r.arrayBuffer())`],
      [process.execPath, '-e', `require('http').get('${url}', r => r.resume())`],
      ['python3', '-c', `from urllib.request import urlopen; urlopen("${url}").read()`],
    ];
    for (const [scope, count] of [
      ['all-http', 1],
      ['llm', 0],
    ] as const) {
      for (const client of clients) {
        const run = await bench.run(client, { responder: direct, runner: { scope } });
        assert.equal(run.exitCode, 0, run.stderr);
        assert.deepEqual(
          run.exchanges.map(({ request }) => request.path),
          Array.from({ length: count }, () => '/weather'),
        );
      }
    }
  } finally {
    await direct.close();
    await bench.close();
  }
});
