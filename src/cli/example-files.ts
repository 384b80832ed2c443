import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RewindError } from '../errors.ts';

/** A file of `examples/`: beside the bundle where Rewind is installed, else in the repository. */
export function exampleFile(name: string): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const file = join(folder, 'examples', name);
    if (existsSync(file)) return file;
    if (dirname(folder) === folder) {
      throw new RewindError(
        'no-examples',
        `examples/${name} is missing`,
        'Install Rewind anew: its files are incomplete.',
      );
    }
  }
}
