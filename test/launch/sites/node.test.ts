import assert from 'node:assert/strict';
import { basename, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { findRuntimes } from '../../../src/launch/runtimes.ts';
import { testRuntimeFolders } from '../agent-run.ts';
import { checkCases } from './check-cases.ts';
import { SiteBench } from './site-run.ts';

const agent = (name: string): string => fileURLToPath(new URL(`agents/${name}`, import.meta.url));
const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Each program holds many cases; `from` is the first Node that can run it. */
const programs: readonly { readonly name: string; readonly file: string; readonly from: number }[] = [
  { name: 'styles, ESM', file: agent('styles.mjs'), from: 20 },
  { name: 'CommonJS', file: agent('commonjs.cjs'), from: 20 },
  { name: 'many at once', file: agent('crowded.mjs'), from: 20 },
  { name: 'SDKs', file: agent('sdks.mjs'), from: 22 },
  { name: 'TypeScript by type stripping', file: agent('typescript.ts'), from: 24 },
  { name: 'threads and child processes', file: agent('workers.mjs'), from: 20 },
];

const keys = { ...process.env, OPENAI_API_KEY: 'sk-test' };

describe('call sites in Node', async () => {
  let bench: SiteBench;
  before(async () => {
    bench = await SiteBench.open();
  });
  after(() => bench.close());

  const nodes = (await findRuntimes({ cwd: root, folders: testRuntimeFolders() })).filter(
    ({ id }) => id === 'node',
  );
  for (const node of nodes) {
    const major = Number(/v(\d+)/.exec(node.version)?.[1]);
    for (const program of programs.filter(({ from }) => from <= major)) {
      test(`${node.version}: ${program.name}`, async t => {
        const run = await bench.run([node.file, program.file]);
        await checkCases(t, run, program.file);
        assert.equal(run.stderr, '');
      });
    }
  }

  test('a base URL instead of a proxy', async t => {
    const run = await bench.run([process.execPath, agent('base-url.mjs')], {
      runner: { baseUrls: true },
      env: keys,
    });
    await checkCases(t, run, agent('base-url.mjs'));
    assert.equal(run.stderr, '');
  });

  const tsx = [`${root}node_modules/.bin/tsx`];
  const imported = [process.execPath, '--import', `${root}node_modules/tsx/dist/loader.mjs`];
  for (const [how, words, name] of [
    ['tsx', tsx, 'typescript.ts'],
    ['tsx', tsx, 'styles.mjs'],
    ['node --import tsx', imported, 'typescript.ts'],
  ] as const) {
    test(`${how}: ${name}`, async t => {
      const run = await bench.run([...words, agent(name)]);
      await checkCases(t, run, agent(name));
      assert.equal(run.stderr, '');
    });
  }

  for (const { source, sourcemap } of [
    { source: agent('sdks.mjs'), sourcemap: 'linked' },
    { source: agent('styles.mjs'), sourcemap: 'inline' },
    { source: agent('typescript.ts'), sourcemap: 'linked' },
  ] as const) {
    test(`a minified bundle with packages inside, ${sourcemap} map: ${basename(source)}`, async t => {
      const outfile = join(bench.folder, `${basename(source)}.bundle.mjs`);
      await build({
        entryPoints: [source],
        outfile,
        sourcemap,
        bundle: true,
        minify: true,
        format: 'esm',
        platform: 'node',
        banner: {
          js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
        },
        logLevel: 'error',
      });
      const run = await bench.run([process.execPath, outfile]);
      await checkCases(t, run, source);
      assert.equal(run.stderr, '');
    });
  }
});
