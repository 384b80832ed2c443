import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { RewindError } from '../errors.ts';

/** Writes a file the user asked for, with its folder: the old file stays whole until the new one is. */
export function writeWhole(file: string, text: string): void {
  const draft = `${file}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(draft, text, { flag: 'wx' });
    try {
      renameSync(draft, file);
    } catch (error) {
      rmSync(draft, { force: true });
      throw error;
    }
  } catch (error) {
    throw new RewindError(
      'cannot-write',
      `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      'Check the folder and its permissions.',
      { cause: error },
    );
  }
}
