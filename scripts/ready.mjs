// Installs and builds what is missing. Plain Node >= 20, no dependencies, since it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

/** The Node that the project brings. */
export const node = join('node_modules', '.bin', 'node');

export function run(what, command, args) {
  if (what) console.log(`\u203a ${what}`);
  const { status, error } = spawnSync(command, args, {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

const newest = folder =>
  Math.max(
    0,
    ...readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  );

const installed = 'node_modules/.package-lock.json';
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync('package-lock.json').mtimeMs) {
  run('installing the dependencies (once)', 'npm', ['ci', '--prefer-offline', '--loglevel=error']);
}
const sources = ['src', 'webview'].filter(existsSync);
if (!existsSync('dist/rewind.js') || statSync('dist/rewind.js').mtimeMs < Math.max(...sources.map(newest))) {
  run('building', node, ['esbuild.config.mjs']);
}
