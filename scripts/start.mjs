// `npm start`: VS Code in the browser with Rewind in it, on an example workspace.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { node } from './ready.mjs';

const editor = spawn(node, [join('scripts', 'editor', 'open.ts')], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
editor.on('exit', code => {
  process.exitCode = code ?? 1;
});
// A terminal tells both of its Ctrl-C and of its end; SIGTERM comes to this process alone.
for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => undefined);
process.on('SIGTERM', () => editor.kill());
