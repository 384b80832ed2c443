// `npm run demo`: shows Rewind doing its main job.
import { node, run } from './ready.mjs';

run('', node, ['dist/rewind.js', 'demo', ...process.argv.slice(2)]);
