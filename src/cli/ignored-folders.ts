import { gitIn } from './workspace.ts';

/** Folders within `cwd` that Git ignores, as relative paths: what was installed, built, fetched. None outside of a repository. */
export async function ignoredFolders(cwd: string): Promise<readonly string[]> {
  const list = await gitIn(cwd, [
    'ls-files',
    '-z',
    '--others',
    '--ignored',
    '--exclude-standard',
    '--directory',
  ]);
  return (list ?? '').split('\0').flatMap(path => (path.endsWith('/') ? [path.slice(0, -1)] : []));
}
