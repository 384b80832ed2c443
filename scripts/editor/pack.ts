import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cachedPackage, root, run } from './cache.ts';

const VSCE = '4.1.0';

/** Packs what is in dist/ into a VSIX, with Microsoft's own packer. */
export async function packExtension(target: string): Promise<string> {
  const vsce = join(await cachedPackage('@vscode/vsce', VSCE), 'vsce');
  await mkdir(dirname(target), { recursive: true });
  // It looks at every file around, .venv and .editor included: so it gets a place with nothing else.
  const stage = await mkdtemp(join(tmpdir(), 'rewind-vsix-'));
  try {
    for (const each of ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'media', 'dist']) {
      await cp(join(root, each), join(stage, each), { recursive: true });
    }
    const leniently = [
      '--allow-missing-repository',
      '--no-rewrite-relative-links',
      '--allow-unused-files-pattern',
    ];
    await run(process.execPath, [vsce, 'package', '--no-dependencies', ...leniently, '--out', target], stage);
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
  return target;
}
