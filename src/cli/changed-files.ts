import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { RewindError } from '../errors.ts';
import type { Mutant } from '../mutate/mutant.ts';

/**
 * Files that differ from a commit, uncommitted and new ones included: absolute paths. Throws RewindError `bad-commit`.
 */
export function changedFiles(cwd: string, commit: string): ReadonlySet<string> {
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, {
      cwd,
      encoding: 'utf8',
      maxBuffer: 64 * 2 ** 20,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  try {
    const root = git('rev-parse', '--show-toplevel').trim();
    const id = git('rev-parse', '--verify', '--end-of-options', `${commit}^{commit}`).trim();
    const changed = git('diff', '--name-only', '-z', '--no-renames', id);
    const added = git('ls-files', '-z', '--others', '--exclude-standard', '--full-name', ':/');
    return new Set(
      (changed + added)
        .split('\0')
        .filter(Boolean)
        .map(path => join(root, path)),
    );
  } catch (error) {
    throw new RewindError(
      'bad-commit',
      `Git knows no commit ${JSON.stringify(commit)} in ${cwd}`,
      'Give a commit, branch or tag of the repository that the agent runs in: --since main',
      { cause: error },
    );
  }
}

/** Mutants whose call stands in a changed file; those whose call is unknown stay. */
export function sinceChange(mutants: readonly Mutant[], changed: ReadonlySet<string>): readonly Mutant[] {
  return mutants.filter(({ callSite }) => callSite === null || changed.has(real(callSite.file)));
}

function real(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file; // gone since
  }
}
