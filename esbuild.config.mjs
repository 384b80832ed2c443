// Builds everything that is shipped into dist/. `npm run build`, or `npm run build -- --watch`.
import { execFileSync } from 'node:child_process';
import { cp, rm } from 'node:fs/promises';
import { build, context } from 'esbuild';

/** mockttp's own certificate code, which ours replaces; left out, the proxy is ready 100 ms sooner. */
const unused = ['@peculiar/x509', '@peculiar/asn1-x509', '@peculiar/asn1-schema'];

/** @type {import('esbuild').Plugin} */
const leaveOutUnused = {
  name: 'leave-out-unused',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^(${unused.join('|')})$`) }, ({ path }) => ({
      path,
      namespace: 'unused',
    }));
    onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {}', loader: 'js' }));
  },
};

/** @type {import('esbuild').BuildOptions} */
const cli = {
  entryPoints: { rewind: 'src/cli/main.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minify: true,
  keepNames: true,
  sourcemap: 'linked',
  sourcesContent: false,
  external: ['@lydell/node-pty'],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url); const __dirname = import.meta.dirname;",
  },
  plugins: [leaveOutUnused],
  logLevel: 'warning',
};

/** @type {import('esbuild').BuildOptions} */
const extension = {
  // CommonJS in a package of modules: hence `.cjs`.
  entryPoints: { extension: 'src/extension/extension.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node22',
  // Without the names of functions: 17 KB less to compile in each window. Places in stacks are told by the source map.
  minify: true,
  sourcemap: 'linked',
  sourcesContent: false,
  external: ['vscode'],
  logLevel: 'warning',
};

/** @type {import('esbuild').BuildOptions} */
const webview = {
  entryPoints: [
    { in: 'webview/session/main.ts', out: 'session' },
    { in: 'webview/session/session.css', out: 'session' },
    { in: 'webview/mutate/main.ts', out: 'mutate' },
    { in: 'webview/mutate/mutate.css', out: 'mutate' },
    { in: 'webview/bisect/main.ts', out: 'bisect' },
    { in: 'webview/bisect/bisect.css', out: 'bisect' },
  ],
  outdir: 'dist/webview',
  bundle: true,
  format: 'iife',
  platform: 'browser',
  target: 'chrome120',
  minify: true,
  logLevel: 'warning',
};

/**
 * `llm-rewind/test`, for projects of modules and of CommonJS alike (jest).
 * @type {import('esbuild').BuildOptions}
 */
const testing = {
  entryPoints: { test: 'src/testing/rewind.ts' },
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
};
/**
 * `llm-rewind`, loaded into agents.
 * @type {import('esbuild').BuildOptions}
 */
const agent = { ...testing, entryPoints: { agent: 'src/agent/rewind.ts' }, minify: true };
/** @type {import('esbuild').BuildOptions} */
const agentModule = { ...agent, format: 'esm' };
/** @type {import('esbuild').BuildOptions} */
const agentCommonJs = {
  ...agent,
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  define: { 'import.meta.filename': '__filename' },
};

/** @type {import('esbuild').BuildOptions} */
const testingModule = { ...testing, format: 'esm' };
/** @type {import('esbuild').BuildOptions} */
const testingCommonJs = {
  ...testing,
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  define: { 'import.meta.url': '__here' },
  banner: { js: "const __here = require('node:url').pathToFileURL(__filename).href;" },
};

const bundles = [cli, extension, webview, agentModule, agentCommonJs, testingModule, testingCommonJs];

const assets = [
  ['src/extension/launcher', 'dist/bin'],
  ['src/launch/hooks', 'dist/hooks/node'],
  ['src/launch/starter.cjs', 'dist/starter.cjs'],
  ['python/rewind_hook', 'dist/hooks/python'],
  ['node_modules/sql.js/dist/sql-wasm.wasm', 'dist/sql-wasm.wasm'],
  // What `rewind mutate --html` writes into the page.
  ['node_modules/mutation-testing-elements/dist/mutation-test-elements.js', 'dist/mutation-test-elements.js'],
  ['node_modules/mutation-testing-elements/LICENSE', 'dist/mutation-test-elements.LICENSE'],
  // What `rewind demo` runs.
  ['examples/typescript/quickstart.mjs', 'dist/examples/typescript/quickstart.mjs'],
  ['examples/scripts/quickstart.json', 'dist/examples/scripts/quickstart.json'],
  // For Node before 22.15, whose zlib has no zstd; the codec looks beside the chunk it is bundled into.
  ['node_modules/@bokuweb/zstd-wasm/dist/common/zstd.wasm', 'dist/chunks/zstd.wasm'],
];

await rm('dist', { recursive: true, force: true });
const isShipped = path => !path.includes('__pycache__');
for (const [from, to] of assets) await cp(from, to, { recursive: true, filter: isShipped });
if (process.argv.includes('--watch')) {
  for (const bundle of bundles) await (await context(bundle)).watch();
  console.log('watching src/ …');
} else {
  await Promise.all(bundles.map(build));
  declareTypes('src/agent/rewind.ts', 'src/testing/rewind.ts');
}

/** Types of what packages import, into dist/types. */
function declareTypes(...entryPoints) {
  const options =
    '--declaration --emitDeclarationOnly --noEmit false --outDir dist/types --rootDir src --module nodenext --target es2024 ' +
    '--types node --strict --exactOptionalPropertyTypes --allowImportingTsExtensions --skipLibCheck --ignoreConfig';
  execFileSync('node_modules/.bin/tsc', [...options.split(' '), ...entryPoints], { stdio: 'inherit' });
}
