import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { Attachments } from '../interop/attachments.ts';
import { errnoOf } from '../sessions/file-error.ts';

/** What a recording has beside it or in folders beside it. A name that leads elsewhere is that of no file. */
export function filesBeside(recording: string): Attachments {
  const folder = dirname(recording);
  return name => {
    if (isAbsolute(name) || /[\0:]/.test(name) || name.split(/[/\\]/).includes('..')) return undefined;
    try {
      return readFileSync(join(folder, name));
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  };
}
