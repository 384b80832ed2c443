import { createHash } from 'node:crypto';
import type { Report } from '../bisect/report.ts';

/** What of VS Code's `Memento` is needed. */
export interface Memory {
  get<T>(key: string): T | undefined;
  update(key: string, value: unknown): Thenable<void>;
}

interface Kept {
  /** Of the comparison that was verified. */
  readonly hash: string;
  /** Without the pairs, which the comparison has. */
  readonly report: Omit<Report, 'pairs'>;
}

const KEY = 'verifiedBisects';
const MOST = 20;
/** Characters of JSON; the editor holds all of it in memory. */
const LONGEST = 200_000;

/**
 * What verifying took minutes to find, over a reload of the window: it holds for as long as the comparison that was verified
 * comes out the same, which it does not when a recording, a rule or the engine has changed.
 */
export class VerifiedBisects {
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** What verifying this comparison found; null where it was not verified. */
  of(compared: Report): Report | null {
    const hash = hashOf(compared);
    const kept = this.#kept().find(one => one.hash === hash);
    return kept ? { ...kept.report, pairs: compared.pairs } : null;
  }

  async keep(compared: Report, { pairs: _, ...report }: Report): Promise<void> {
    if (JSON.stringify(report).length > LONGEST) return;
    const hash = hashOf(compared);
    const others = this.#kept().filter(one => one.hash !== hash);
    await this.#memory.update(KEY, [{ hash, report }, ...others].slice(0, MOST));
  }

  #kept(): readonly Kept[] {
    return this.#memory.get<readonly Kept[]>(KEY) ?? [];
  }
}

const hashOf = (report: Report): string => createHash('sha256').update(JSON.stringify(report)).digest('hex');
