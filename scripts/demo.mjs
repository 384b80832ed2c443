// `npm run demo`: shows Rewind doing its main job.
import { node, run } from './ready.mjs';

const options = process.argv.slice(2);
run('', node, ['dist/rewind.js', 'demo', ...options]);
if (!options.includes('--json'))
  console.log('\n(`npm link` puts `rewind` on your PATH; in this folder `npx rewind` does.)');
