// `npm start`: VS Code in the browser with Rewind in it, on an example workspace.
import { join } from 'node:path';
import { node, run } from './ready.mjs';

run('', node, [join('scripts', 'editor', 'open.ts')]);
