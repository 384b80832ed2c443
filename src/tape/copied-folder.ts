import { existsSync, symlinkSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';

/**
 * A command that ran in `folder`, for a copy of it: absolute paths into the folder lead into the copy, and relative ones
 * out of it (`../node_modules/.bin/node`) to where they led.
 */
export function commandInCopy(command: readonly string[], folder: string, copy: string): readonly string[] {
  return command.map(word => {
    if (word.startsWith(`${folder}/`)) return copy + word.slice(folder.length);
    if (!leadsOut(word)) return word;
    const place = resolve(folder, word);
    return existsSync(place) ? place : word;
  });
}

/** Whether a relative path leaves the folder that it counts from. */
export const leadsOut = (path: string): boolean => /^\.\.(\/|$)/.test(normalize(path));

/** Packages installed above `folder`, as in a monorepo, are found from a copy in `holder` as well. */
export function linkPackagesAbove(folder: string, holder: string): void {
  for (let above = dirname(folder); ; above = dirname(above)) {
    const packages = join(above, 'node_modules');
    if (existsSync(packages)) {
      symlinkSync(packages, join(holder, 'node_modules'));
      return;
    }
    if (dirname(above) === above) return;
  }
}
