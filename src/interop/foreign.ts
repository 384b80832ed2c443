import type { SessionStart } from '../sessions/session.ts';
import type { Exchange } from '../wire/exchange.ts';

/** A recording of another tool, read: ready to be written as a session of mode `import`. */
export interface ForeignSession {
  readonly format: 'har' | 'vcrpy' | 'go-vcr' | 'vcr';
  /** The first 32 hex digits of the file's SHA-256: importing a file again gives the same session. */
  readonly id: string;
  /** The file's name without folder and ending. */
  readonly name: string;
  /** Milliseconds since 1970 where the file knows (HAR, or the first answer's Date header), else null. */
  readonly startedAt: number | null;
  readonly scope: SessionStart['scope'];
  readonly exchanges: readonly Exchange[];
  /** What was changed so that a replay works, and what was left out; for the user. */
  readonly warnings: readonly string[];
}

/** What one format's reader gives. Entries it cannot use are counted in `notes`, never dropped in silence. */
export interface ForeignEntries {
  readonly format: ForeignSession['format'];
  readonly exchanges: readonly Exchange[];
  readonly notes: Notes;
  /** Milliseconds since 1970, where the format knows; null where this file does not. */
  readonly startedAt?: number | null;
}

/** Collects remarks and folds equal ones: `content-encoding removed … (12 answers)`. */
export class Notes {
  readonly #counts = new Map<string, number>();

  add(remark: string): void {
    this.#counts.set(remark, (this.#counts.get(remark) ?? 0) + 1);
  }

  list(): string[] {
    return [...this.#counts].map(([remark, times]) => (times === 1 ? remark : `${remark} (${times} times)`));
  }
}
