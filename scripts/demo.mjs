// `npm run demo`: installs and builds what is missing, then shows Rewind doing its main job. Plain Node >= 20, no
// dependencies, since it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

process.chdir(new URL('..', import.meta.url).pathname);

function run(what, command, args) {
  if (what) console.log(`\u203a ${what}`);
  const { status, error } = spawnSync(command, args, {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

function newest(folder) {
  return Math.max(
    0,
    ...readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  );
}

const installed = 'node_modules/.package-lock.json';
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync('package-lock.json').mtimeMs) {
  run('installing the dependencies (once)', 'npm', ['ci', '--prefer-offline', '--loglevel=error']);
}
if (!existsSync('dist/rewind.js') || statSync('dist/rewind.js').mtimeMs < newest('src')) {
  run('building', join('node_modules', '.bin', 'node'), ['esbuild.config.mjs']);
}
run('', join('node_modules', '.bin', 'node'), ['dist/rewind.js', 'demo', ...process.argv.slice(2)]);
