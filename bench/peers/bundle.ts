import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Parts of mockttp's certificate code that Rewind replaces; esbuild.config.mjs leaves them out too. */
const unused = /^(?:@peculiar\/(?:x509|asn1-x509|asn1-schema))$/;

/** A peer as it would be shipped: one minified file, so that its start is that of the product and not of 400 modules. */
export async function bundled(script: string, folder: string): Promise<string> {
  const outfile = join(folder, script.replace(/\.ts$/, '.mjs'));
  await build({
    entryPoints: [fileURLToPath(new URL(script, import.meta.url))],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minify: true,
    logLevel: 'error',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url); const __dirname = import.meta.dirname;",
    },
    plugins: [
      {
        name: 'leave-out-unused',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: unused }, ({ path }) => ({ path, namespace: 'unused' }));
          onLoad({ filter: /.*/, namespace: 'unused' }, () => ({
            contents: 'module.exports = {}',
            loader: 'js',
          }));
        },
      },
    ],
  });
  return outfile;
}
