// `npm run wheel [-- <folder>]`: the Python package with the engine inside, so that tests need `node` but no npm package. Default
// folder: the project's.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const to = resolve(process.argv[2] ?? root);
const python = process.env.PYTHON ?? 'python3';
// Not in the tree: setuptools leaves folders behind, and a half-made engine must not be taken for one.
const work = mkdtempSync(join(tmpdir(), 'rewind-wheel-'));
try {
  const isSource = path => !/__pycache__|\.egg-info|requirements-test|rewind_hook/.test(path);
  cpSync(join(root, 'python'), work, { recursive: true, filter: isSource });
  const engine = join(work, 'pytest_rewind/_engine');
  const isEngine = path => !/\.map$|extension\.cjs|[/\\](webview|types|examples|bin)$/.test(path);
  cpSync(join(root, 'dist'), engine, { recursive: true, filter: isEngine });
  writeFileSync(join(engine, 'package.json'), '{ "type": "module" }\n');
  const options = ['--quiet', '--disable-pip-version-check', '--no-deps', '--wheel-dir', to];
  execFileSync(python, ['-m', 'pip', 'wheel', ...options, work], { stdio: 'inherit' });
} finally {
  rmSync(work, { recursive: true, force: true });
}
