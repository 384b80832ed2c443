import type { SessionReader } from '../sessions/session.ts';
import type { TapeReport } from '../tape/report.ts';
import { Tape, type TapeOptions } from '../tape/tape.ts';
import type { ToolReport } from '../tape/tool-tape.ts';

/**
 * The tapes of one replay: the run's own, and one for each session that its code named. A name that was not recorded is
 * answered from the run's own tape, so that a recording made before the name was given still plays.
 */
export class TapeFamily {
  readonly main: Tape;
  readonly #parts: ReadonlyMap<string, readonly SessionReader[]>;
  readonly #options: TapeOptions;
  readonly #tapes: Tape[];

  constructor(
    source: SessionReader,
    parts: ReadonlyMap<string, readonly SessionReader[]>,
    options: TapeOptions,
  ) {
    this.main = new Tape(source, options);
    this.#tapes = [this.main];
    this.#parts = parts;
    this.#options = options;
  }

  named(name: string, nth: number): Tape {
    const part = this.#parts.get(name)?.[nth];
    if (!part) return this.main;
    // `until` counts the calls of the run's own session.
    const { until: _until, ...options } = this.#options;
    const tape = new Tape(part, options);
    this.#tapes.push(tape);
    return tape;
  }

  /** All tapes' together. */
  report(): TapeReport {
    const reports = this.#tapes.map(tape => tape.report());
    const [first, ...rest] = reports;
    return rest.length === 0 ? first! : reports.reduce(joined);
  }

  /** Each session that was replayed, with what its tape did. */
  get replayed(): readonly { readonly session: SessionReader; readonly report: TapeReport }[] {
    return this.#tapes.map(tape => ({ session: tape.session, report: tape.report() }));
  }
}

function joined(a: TapeReport, b: TapeReport): TapeReport {
  return {
    answers: summed(a.answers, b.answers),
    misses: [...a.misses, ...b.misses],
    neverAsked: [...a.neverAsked, ...b.neverAsked],
    outcomes: [...a.outcomes, ...b.outcomes],
    tools: joinedTools(a.tools, b.tools),
  };
}

const joinedTools = (a: ToolReport, b: ToolReport): ToolReport => ({
  answers: summed(a.answers, b.answers),
  misses: [...a.misses, ...b.misses],
});

function summed<T extends Readonly<Partial<Record<string, number>>>>(a: T, b: T): T {
  const sum: Record<string, number> = {};
  for (const [label, times = 0] of [...Object.entries(a), ...Object.entries(b)])
    sum[label] = (sum[label] ?? 0) + times;
  return sum as T;
}
