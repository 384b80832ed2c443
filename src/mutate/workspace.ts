import { createHash } from 'node:crypto';
import {
  constants,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  type Stats,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { RewindError } from '../errors.ts';
import { temporaryFolder } from '../sessions/temporary-folder.ts';
import { leadsOut, linkPackagesAbove } from '../tape/copied-folder.ts';

/** Installed packages: large, and nothing that an agent changes. They are linked into the copy. */
const LINKED = new Set(['node_modules', '.venv', 'venv']);
/** Left out: written by every run without meaning, or (git) not to be touched by a broken one. */
const NOISE = new Set(['.git', '__pycache__', '.pytest_cache', '.mypy_cache', '.cache']);
const MAX_FILES = 20_000;
const MAX_BYTES = 500_000_000;
/** A generated folder with more than this is linked, too: an agent's own output is smaller. */
const MANY_FILES = 1_000;
const MANY_BYTES = 50_000_000;

/** What stood in a folder before a run: path to size and time. */
type Listing = ReadonlyMap<string, string>;

/** The user's folder, as every mutant gets a copy of it: files are cloned where the file system can. */
export class Workspace {
  readonly #source: string;
  readonly #before: Listing;
  readonly #linked: ReadonlySet<string>;
  readonly #idle: string[] = [];

  /**
   * `generated`: folders in it that nobody wrote by hand; all copies share those that are large.
   * Throws RewindError `workspace-too-large`.
   */
  constructor(source: string, generated: readonly string[] = []) {
    this.#source = source;
    this.#linked = new Set(generated.filter(path => isLarge(join(source, path))));
    this.#before = listing(source, this.#linked);
  }

  /** A folder with what the user's holds, perhaps one that another run has used; give it back. */
  borrow(): string {
    const idle = this.#idle.pop();
    if (idle !== undefined) this.restore(this.#source, idle);
    return idle ?? this.copy();
  }

  giveBack(folder: string): void {
    if (isFree(folder)) this.#idle.push(folder);
    else this.remove(folder);
  }

  /** Removes what was given back. */
  close(): void {
    for (const folder of this.#idle.splice(0)) this.remove(folder);
  }

  /** A new folder with what the user's holds, or another copy. */
  copy(from = this.#source): string {
    const holder = realpathSync(temporaryFolder('mutant'));
    linkPackagesAbove(this.#source, holder);
    const folder = join(holder, basename(this.#source) || 'workspace');
    mkdirSync(folder);
    copyInto(from, folder, this.#linked);
    return folder;
  }

  /** Makes a copy hold what another folder does: only what differs is written. */
  restore(from: string, folder: string): void {
    copyInto(from, folder, this.#linked);
  }

  /** Files that a run made, changed or removed, by path: a hash of their content, or `removed`. */
  changes(folder: string): ReadonlyMap<string, string> {
    const after = listing(folder, this.#linked);
    const changed = new Map<string, string>();
    for (const [path, stat] of after) {
      if (this.#before.get(path) === stat) continue;
      const digest = createHash('sha256')
        .update(readFileSync(join(folder, path)))
        .digest('hex');
      if (this.#before.has(path) && digest === this.#digestBefore(path)) continue;
      changed.set(path, digest);
    }
    for (const path of this.#before.keys()) if (!after.has(path)) changed.set(path, 'removed');
    return changed;
  }

  remove(folder: string): void {
    rmSync(dirname(folder), { recursive: true, force: true, maxRetries: 3 });
  }

  #digestBefore(path: string): string {
    return createHash('sha256')
      .update(readFileSync(join(this.#source, path)))
      .digest('hex');
  }
}

/** Where a link of the copy leads: out of the folder to where the user's does. `path`: the link's own, within the folder. */
function linkTarget(link: string, path: string): string {
  const target = readlinkSync(link);
  return leadsOut(join(dirname(path), target)) ? resolve(dirname(link), target) : target;
}

/** What is there and the same is left as it is. Sockets and pipes cannot be copied, and are left out. */
function copyInto(source: string, folder: string, linked: ReadonlySet<string>, within = ''): void {
  const there = new Map(readdirSync(folder, { withFileTypes: true }).map(entry => [entry.name, entry]));
  there.delete('__pycache__'); // Python itself looks whether it is of these sources
  for (const entry of readdirSync(source, { withFileTypes: true })) {
    const from = join(source, entry.name);
    const to = join(folder, entry.name);
    const path = within + entry.name;
    const before = there.get(entry.name);
    const clear = (): void => {
      if (before) rmSync(to, { recursive: true, force: true });
    };
    const isLink = entry.isSymbolicLink();
    if (!isLink && NOISE.has(entry.name)) continue;
    if (isLink || LINKED.has(entry.name) || linked.has(path)) {
      const target = isLink ? linkTarget(from, path) : from;
      if (!before?.isSymbolicLink() || readlinkSync(to) !== target) {
        clear();
        symlinkSync(target, to);
      }
    } else if (entry.isDirectory()) {
      if (!before?.isDirectory()) {
        clear();
        mkdirSync(to);
      }
      copyInto(from, to, linked, `${path}/`);
    } else if (entry.isFile()) {
      const stat = statSync(from);
      if (!before?.isFile() || !isSame(stat, statSync(to))) {
        clear();
        copyFileSync(from, to, constants.COPYFILE_FICLONE);
        utimesSync(to, stat.atime, stat.mtime);
      }
    } else continue;
    there.delete(entry.name);
  }
  for (const name of there.keys()) rmSync(join(folder, name), { recursive: true, force: true });
}

const isSame = (a: Stats, b: Stats): boolean =>
  a.size === b.size && a.mode === b.mode && Math.round(a.mtimeMs) === Math.round(b.mtimeMs);

/** Whether no process works in a folder: what an agent left behind could write into the next run's. Known on Linux only. */
function isFree(folder: string): boolean {
  if (process.platform !== 'linux') return false;
  return readdirSync('/proc').every(name => {
    if (!/^\d+$/.test(name)) return true;
    try {
      const at = readlinkSync(`/proc/${name}/cwd`);
      return at !== folder && !at.startsWith(`${folder}/`);
    } catch {
      return true; // it has just ended, or is another user's
    }
  });
}

/** What of a folder is copied: paths within it. */
export function filesIn(root: string): readonly string[] {
  return [...listing(root).keys()];
}

/** Looks no further than it must. */
function isLarge(folder: string): boolean {
  let files = 0;
  let bytes = 0;
  const exceeds = (inner: string): boolean =>
    readdirSync(inner, { withFileTypes: true }).some(entry => {
      const path = join(inner, entry.name);
      if (entry.isDirectory()) return exceeds(path);
      files++;
      bytes += lstatSync(path).size;
      return files > MANY_FILES || bytes > MANY_BYTES;
    });
  return exceeds(folder);
}

function listing(root: string, linked: ReadonlySet<string> = new Set()): Listing {
  const files = new Map<string, string>();
  let bytes = 0;
  const read = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (LINKED.has(entry.name) || NOISE.has(entry.name) || linked.has(path)) continue;
      if (entry.isDirectory()) read(path);
      else if (entry.isFile()) {
        const { size, mtimeMs } = lstatSync(join(root, path));
        files.set(path, `${size} ${Math.round(mtimeMs)}`);
        bytes += size;
        if (files.size > MAX_FILES || bytes > MAX_BYTES) {
          throw new RewindError(
            'workspace-too-large',
            `${root} is too large to be copied for every mutant`,
            'Run in a smaller folder, or with --in-place (one mutant at a time, in the folder itself).',
          );
        }
      }
    }
  };
  read('');
  return files;
}
