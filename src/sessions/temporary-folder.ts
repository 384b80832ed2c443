import { lstatSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive, thisProcess } from './holder.ts';

/** Short: a socket's path has 107 characters. */
const NAME = /^rewind-[a-z]+-([0-9a-z]+)-([0-9a-z]+)-([0-9a-z]+)-\w{6}$/;

/**
 * A new folder in the system's temporary one. Its name says whose it is, so that the next one to look can remove what a process left
 * that was killed (Linux; elsewhere the system clears such folders itself). `kind`: letters.
 */
export function temporaryFolder(kind: string): string {
  const { pid, born } = thisProcess();
  const owner = born === null ? '' : `${[processTable(), pid, born].map(short).join('-')}-`;
  const folder = mkdtempSync(join(tmpdir(), `rewind-${kind}-${owner}`));
  if (made.size === 0) process.once('exit', removeAll);
  made.add(folder);
  return folder;
}

const made = new Set<string>();

/** Whoever made one removes it; this is for an end in the middle of that, such as a second Ctrl-C. */
function removeAll(): void {
  for (const folder of made) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** Removes the temporary folders of processes that are gone: of this user, and of ids that mean the same here. */
export async function removeLeftFolders(): Promise<void> {
  const table = processTable();
  for (const name of readdirSync(tmpdir())) {
    const [, where, pid, born] = NAME.exec(name)?.map(word => Number.parseInt(word, 36)) ?? [];
    if (pid === undefined || where !== table || isAlive({ pid, born: String(born) })) continue;
    const folder = join(tmpdir(), name);
    if (lstatSync(folder, { throwIfNoEntry: false })?.uid !== process.getuid?.()) continue;
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Which process ids are meant: containers may share a temporary folder, and count their processes each for itself. 0: there is one. */
function processTable(): number {
  try {
    return Number(/\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? 0);
  } catch {
    return 0;
  }
}

const short = (number: number | string): string => Number(number).toString(36);
