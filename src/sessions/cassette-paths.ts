import { homedir } from 'node:os';
import { isAbsolute, posix, win32 } from 'node:path';
import type { SessionStart } from './session.ts';

/** Takes the machine's own paths out of a session that was recorded on it: the working directory, then the home. */
export class PathCleaner {
  readonly #places: readonly (readonly [path: string, shown: string])[];

  constructor({ cwd, mode }: SessionStart) {
    const places: (readonly [string, string])[] = [
      [cwd, '.'],
      [homedir(), '~'],
    ];
    // An import has been cleaned where it was recorded; here the same path would mean something else.
    this.#places = mode === 'import' ? [] : places.filter(([path]) => isAbsolute(path) && path.length > 1);
  }

  text(text: string): string {
    return this.#places.reduce((clean, [path, shown]) => replacePath(clean, path, shown), text);
  }

  command(command: readonly string[]): readonly string[] {
    return command.map((arg, i) => {
      const clean = this.text(arg);
      // A program outside the project is found by its name on another machine.
      return i === 0 && this.#places.length > 0 && isAbsolute(clean) ? baseName(clean) : clean;
    });
  }
}

/** Only where the path ends, or goes on below it: `/home/me` is not in `/home/me2`. */
function replacePath(text: string, path: string, shown: string): string {
  const pieces = text.split(path);
  return pieces.reduce((whole, piece, i) => {
    if (i === 0) return piece;
    return whole + (/^[\w.-]/.test(piece) && !/^\.(\s|$)/.test(piece) ? path : shown) + piece;
  }, '');
}

const baseName = (path: string): string => (path.includes('\\') ? win32 : posix).basename(path);
