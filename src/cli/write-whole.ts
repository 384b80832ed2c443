import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { RewindError } from '../errors.ts';

/** Writes a file the user asked for, with its folder: the old file stays whole until the new one is. */
export function writeWhole(file: string, pieces: Iterable<string | Uint8Array>): void {
  const draft = `${file}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    const descriptor = openSync(draft, 'wx');
    try {
      try {
        for (const piece of pieces) writeFileSync(descriptor, piece);
      } finally {
        closeSync(descriptor);
      }
      renameSync(draft, file);
    } catch (error) {
      rmSync(draft, { force: true });
      throw error;
    }
  } catch (error) {
    if (error instanceof RewindError) throw error;
    throw new RewindError(
      'cannot-write',
      // Without the draft's name, which comes behind a comma.
      `${file} cannot be written: ${String((error as Error).message).replace(/^([A-Z]+: [^,]+),.*$/s, '$1')}`,
      'Check the folder and its permissions.',
      { cause: error },
    );
  }
}
