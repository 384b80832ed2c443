import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, realpath, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { Workspace } from '../bisect/hands.ts';
import { RewindError } from '../errors.ts';
import type { SessionReader } from '../sessions/session.ts';
import { temporaryFolder } from '../sessions/temporary-folder.ts';
import { commandInCopy, linkPackagesAbove } from '../tape/copied-folder.ts';

/** Installed packages: large, and nothing that an agent changes. They are linked, not copied. */
const DEPENDENCIES = ['node_modules', '.venv', 'venv'];

/**
 * A copy of the folder that a session was recorded in: of the recorded commit where the repository has moved on since, else
 * as it is now. Throws RewindError `no-folder`.
 */
export async function copiedWorkspace({ start }: SessionReader): Promise<Workspace> {
  if (!existsSync(start.cwd)) {
    throw new RewindError(
      'no-folder',
      `The folder of the recording, ${start.cwd || '(none)'}, is not there`,
      'Verify on the machine where it was recorded.',
    );
  }
  const { git } = start;
  const head = git && !git.dirty ? await gitIn(start.cwd, ['rev-parse', 'HEAD']) : null;
  const copy =
    git && head !== null && head !== git.commit
      ? await worktree(start.cwd, git.commit)
      : await copyOf(start.cwd);
  const command = commandInCopy(start.command, start.cwd, copy.path);
  return { ...copy, command };
}

async function copyOf(folder: string): Promise<Omit<Workspace, 'command'>> {
  const holder = await realpath(temporaryFolder('workspace'));
  const path = join(holder, basename(folder) || 'workspace');
  await cp(folder, path, {
    recursive: true,
    filter: from => !['.git', ...DEPENDENCIES].includes(basename(from)),
  });
  await linkDependencies(folder, path);
  linkPackagesAbove(folder, holder);
  return { path, dispose: () => rm(holder, { recursive: true, force: true }) };
}

/** A commit of the folder's repository, checked out beside it. Throws RewindError `no-commit`. */
export async function worktree(folder: string, commit: string): Promise<Omit<Workspace, 'command'>> {
  await forgetLostTrees(folder);
  const holder = await realpath(temporaryFolder('workspace'));
  const tree = join(holder, 'tree');
  if ((await gitIn(folder, ['worktree', 'add', '--detach', '--quiet', tree, commit])) === null) {
    await rm(holder, { recursive: true, force: true });
    throw new RewindError(
      'no-commit',
      `Commit ${commit.slice(0, 10)} cannot be checked out`,
      'Run in the repository that the sessions were recorded in.',
    );
  }
  const prefix = (await gitIn(folder, ['rev-parse', '--show-prefix'])) ?? '';
  const path = join(tree, prefix);
  await linkDependencies(folder, path);
  linkPackagesAbove(folder, holder);
  return {
    path,
    async dispose() {
      await gitIn(folder, ['worktree', 'remove', '--force', tree]);
      await rm(holder, { recursive: true, force: true });
    },
  };
}

/** Git remembers a tree whose folder went with a search that was ended in its middle. */
async function forgetLostTrees(folder: string): Promise<void> {
  const list = (await gitIn(folder, ['worktree', 'list', '--porcelain'])) ?? '';
  for (const [, tree = ''] of list.matchAll(/^worktree (.*[/\\]rewind-workspace-[^/\\]+[/\\]tree)$/gm))
    if (!existsSync(tree)) await gitIn(folder, ['worktree', 'remove', '--force', tree]);
}

async function linkDependencies(from: string, to: string): Promise<void> {
  for (const name of DEPENDENCIES) {
    if (existsSync(join(from, name)) && !existsSync(join(to, name)))
      await symlink(join(from, name), join(to, name));
  }
}

/** What git prints; null where it fails, or is not there. */
export async function gitIn(folder: string, args: readonly string[]): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)('git', [...args], {
      cwd: folder,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout.trim();
  } catch {
    return null;
  }
}
