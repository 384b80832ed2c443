import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Bench } from './agent-run.ts';

describe('call sites', () => {
  let bench: Bench;
  before(async () => {
    bench = await Bench.open();
  });
  after(() => bench.close());

  test('Node: fast mode finds direct calls, off adds no header and still routes', async () => {
    const script = `fetch('https://api.openai.com/v1/x', { method: 'POST', body: '{}' });`;
    const file = `${bench.folder}/direct.cjs`;
    await import('node:fs/promises').then(fs => fs.writeFile(file, script));
    const fast = await bench.run([process.execPath, file], { runner: { sites: 'fast' } });
    assert.deepEqual(
      fast.sites[0]?.frames.map(frame => frame.line),
      [1],
    );
    const off = await bench.run([process.execPath, file], { runner: { sites: 'off' } });
    assert.equal(off.exchanges.length, 1);
    assert.equal(off.exchanges[0]?.site, undefined);
  });

  test('Node: a bundle is mapped back to its sources, packages left out', async () => {
    const { build } = await import('esbuild');
    const { mkdir, writeFile } = await import('node:fs/promises');
    const folder = `${bench.folder}/bundled`;
    await mkdir(`${folder}/node_modules/client`, { recursive: true });
    await writeFile(
      `${folder}/node_modules/client/index.js`,
      `export const call = async url => { await null; return fetch(url, { method: 'POST', body: '{}' }); };`,
    );
    await writeFile(
      `${folder}/agent.ts`,
      `import { call } from 'client';\ninterface Unused { x: number }\n\nconst url: string = 'https://api.openai.com/v1/x';\nawait call(url);\n`,
    );
    for (const sourcemap of ['inline', 'linked'] as const) {
      const outfile = `${folder}/out-${sourcemap}.mjs`;
      await build({
        entryPoints: [`${folder}/agent.ts`],
        bundle: true,
        minify: true,
        format: 'esm',
        platform: 'node',
        sourcemap,
        outfile,
        logLevel: 'error',
      });
      const run = await bench.run([process.execPath, outfile]);
      assert.deepEqual(
        run.sites[0]?.frames.map(({ file, line }) => [file, line]),
        [[`${folder}/agent.ts`, 5]],
        sourcemap,
      );
    }
  });

  test('the header never reaches a provider, nor a host that is not intercepted', async () => {
    const file = `${bench.folder}/other.mjs`;
    const { writeFile } = await import('node:fs/promises');
    await writeFile(
      file,
      `import http from 'node:http';
       const seen = [];
       const server = http.createServer((q, s) => { seen.push(q.headers['x-rewind-site'] ?? 'none'); s.end('{}'); }).listen(0);
       await new Promise(r => server.once('listening', r));
       const own = 'http://127.0.0.1:' + server.address().port;
       await fetch(own);
       await new Promise(r => http.get(own, s => { s.resume(); s.on('end', r); }));
       await fetch('https://api.openai.com/v1/x', { method: 'POST', body: '{}' });
       console.log(seen.join());
       server.close(); server.closeAllConnections();`,
    );
    const before = bench.seen.length;
    const run = await bench.run([process.execPath, file]);
    assert.equal(run.stdout, 'none,none\n', run.stderr);
    assert.equal(run.sites[0]?.frames[0]?.line, 8);
    const reached = bench.seen.slice(before);
    assert.equal(reached.length, 1);
    assert.ok(reached.every(({ headers }) => !('x-rewind-site' in headers)));
  });
});
