import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../sessions/file-error.ts';
import type { Home } from '../sessions/home.ts';
import { sha256 } from '../sessions/id.ts';

/** A test run whose workers have an engine each, and what of it records: a test, or a file of tests that run in turn. */
export interface TestRun {
  readonly id: string;
  readonly by: string;
}

/** A claim that is older is of another run with the same id, ms: process ids come again. */
const FORGOTTEN = 60 * 60 * 1000;

/**
 * Cassettes that are being recorded, among all engines of a run: of two tests that record the same one, the last to end
 * would have the last word.
 */
export class CassetteClaims {
  readonly #folder: string;

  constructor(home: Home) {
    this.#folder = join(home.path, 'claims');
  }

  /** Takes a cassette for recording. Undefined, or who has taken it before. */
  take(path: string, { id, by }: TestRun): string | undefined {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    this.#forgetOld();
    const claim = join(this.#folder, sha256(Buffer.from(JSON.stringify([id, path]))));
    try {
      writeFileSync(claim, by, { flag: 'wx', mode: 0o600 });
      return undefined;
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
    }
    const other = readFileSync(claim, 'utf8');
    return other === by ? undefined : other || 'another test';
  }

  #forgetOld(): void {
    for (const name of readdirSync(this.#folder)) {
      const claim = join(this.#folder, name);
      const { mtimeMs = Date.now() } = statSync(claim, { throwIfNoEntry: false }) ?? {};
      if (Date.now() - mtimeMs > FORGOTTEN) rmSync(claim, { force: true });
    }
  }
}
