import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findRuntimes } from '../../src/launch/runtimes.ts';
import { Bench, type Recorded, testRuntimeFolders } from './agent-run.ts';

const agent = (name: string): string => fileURLToPath(new URL(`agents/${name}`, import.meta.url));
const root = fileURLToPath(new URL('../../', import.meta.url));
const python = `${root}.venv/bin/python`;

/** `@name` markers of an agent's source, with their lines. */
function marks(file: string): ReadonlyMap<string, number> {
  const lines = readFileSync(file, 'utf8').split('\n');
  return new Map(
    lines.flatMap((line, index) => {
      const name = /(?:\/\/|#) @([\w-]+)$/.exec(line)?.[1];
      return name ? [[name, index + 1] as const] : [];
    }),
  );
}

/** The nearest frame's line by case. */
function found(run: Recorded): ReadonlyMap<string, number | undefined> {
  return new Map(
    run.exchanges.map(({ request }, index) => {
      const name = new URL(request.path, 'https://x').searchParams.get('case') ?? 'genai';
      return [name, run.sites[index]?.frames[0]?.line];
    }),
  );
}

const byName = (map: ReadonlyMap<string, unknown>) => Object.fromEntries([...map].sort());

describe('call sites', () => {
  let bench: Bench;
  before(async () => {
    bench = await Bench.open();
  });
  after(() => bench.close());

  test('Node: the line that made the call, in every pattern', async t => {
    const file = agent('call-patterns.mjs');
    const nodes = (await findRuntimes({ cwd: root, folders: testRuntimeFolders() })).filter(
      runtime => runtime.id === 'node' && Number(/v(\d+)/.exec(runtime.version)?.[1]) >= 20,
    );
    for (const node of nodes) {
      await t.test(node.version, async () => {
        const run = await bench.run([node.file, file], { env: { REQUIRE_FROM: `${root}package.json` } });
        assert.equal(run.exitCode, 0, run.stderr);
        assert.deepEqual(byName(found(run)), byName(marks(file)));
        assert.ok(run.sites.every(site => site?.language === 'node' && site.frames[0]?.file === file));
        const sequence = run.sites.map(site => site?.sequence);
        assert.deepEqual(
          sequence,
          [...sequence.keys()].map(index => index + 1),
        );
      });
    }
  });

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

  test('Python: the line that made the call, in every pattern', async t => {
    if (!existsSync(python))
      return t.skip(`no ${python}: python -m venv .venv and install python/requirements-test.txt`);
    const file = agent('call_patterns.py');
    const run = await bench.run([python, file]);
    assert.equal(run.exitCode, 0, run.stderr);
    assert.deepEqual(byName(found(run)), byName(marks(file)));
    assert.ok(run.sites.every(site => site?.language === 'python' && site.frames[0]?.file === file));
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
