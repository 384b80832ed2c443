import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** What is too heavy for `node_modules` and too slow to fetch each time; outside of Git. */
const cache = process.env.REWIND_EDITOR_CACHE ?? join(root, '.editor');

/**
 * A package of npm in a folder of its own, installed once: `<cache>/<name>@<version>/node_modules/<name>`. Its install
 * scripts are not run. `finish` does what they would have done.
 */
export async function cachedPackage(
  name: string,
  version: string,
  finish: (folder: string) => Promise<void> = async () => undefined,
): Promise<string> {
  const home = join(cache, `${name.replace('/', '+')}@${version}`);
  const folder = join(home, 'node_modules', name);
  if (existsSync(folder)) return folder;
  const making = `${home}.${process.pid}`;
  await mkdir(making, { recursive: true });
  try {
    await writeFile(join(making, 'package.json'), '{ "private": true }\n');
    await npm(making, 'install', `${name}@${version}`);
    await finish(join(making, 'node_modules', name));
    await rename(making, home).catch(error => {
      // Somebody else was faster.
      if (!existsSync(folder)) throw error;
    });
    return folder;
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}

export async function npm(cwd: string, ...words: readonly string[]): Promise<void> {
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'];
  await run('npm', [...words, ...quiet], cwd);
}

/** Runs to the end; rejects with what it printed where it fails. */
export async function run(
  command: string,
  words: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const child = spawn(command, words, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (text += piece));
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0) throw new Error(`${command} ${words.join(' ')} ended with ${code}:\n${text}`);
  return text;
}
