// `npm run vsix`: builds and packs the extension into rewind.vsix.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './cache.ts';
import { packExtension } from './pack.ts';

await run(process.execPath, ['esbuild.config.mjs'], root);
const file = await packExtension(join(root, 'rewind.vsix'));
console.log(`${file} (${(statSync(file).size / 1_000_000).toFixed(2)} MB)`);
