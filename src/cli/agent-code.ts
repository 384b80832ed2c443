import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { filesIn } from '../mutate/workspace.ts';

/**
 * A hash of the code that a command runs: files of its folder (in a Git repository those that are tracked, and new ones that
 * are not ignored), and files outside of it that the command or call sites name. Equal on every machine with the same files.
 * Installed packages count by their lock file only.
 */
export function agentCode(parts: {
  readonly cwd: string;
  readonly command: readonly string[];
  /** Files of the agent's own code that are known otherwise: call sites. */
  readonly files: readonly string[];
  /** Absolute paths of files that are no code: reports, the cache itself. */
  readonly except: ReadonlySet<string>;
}): string {
  const { cwd, command, files, except } = parts;
  const inside = trackedFiles(cwd) ?? filesIn(cwd);
  const named = [...files, ...command.map(word => resolve(cwd, word))]
    .filter(path => isAbsolute(path) && relative(cwd, path).startsWith('..'))
    .filter(isSource);
  const digest = createHash('sha256');
  for (const path of inside.toSorted()) {
    if (except.has(join(cwd, path)) || path === 'rewind.config.json') continue;
    digest.update(`${path}\0${contentOf(join(cwd, path))}\0`);
  }
  // Their place is this machine's own affair.
  for (const content of [...new Set(named)].map(contentOf).sort()) digest.update(`${content}\0`);
  return digest.digest('hex');
}

/** A command without paths of this machine. */
export function portableCommand(command: readonly string[], cwd: string): readonly string[] {
  return command.map(word => {
    if (!isAbsolute(word)) return word;
    const path = relative(cwd, word);
    return path.startsWith('..') ? word.split('/').at(-1)! : path;
  });
}

function trackedFiles(cwd: string): readonly string[] | null {
  try {
    const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd,
      encoding: 'utf8',
      maxBuffer: 64 * 2 ** 20,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return [...new Set(list.split('\0').filter(Boolean))];
  } catch {
    return null; // no repository, or no git
  }
}

/** Programs are large, and named by their version elsewhere. */
function isSource(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true && stat.size < 2 ** 20;
}

function contentOf(path: string): string {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return 'removed';
  if (stat.isSymbolicLink()) return `link ${readlinkSync(path)}`;
  return stat.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'folder';
}
