import type { SessionReader } from '../sessions/session.ts';
import type { MatchRules } from '../tape/rules.ts';
import type { Runner, RunResult } from '../tape/runner.ts';
import { Tape } from '../tape/tape.ts';
import type { WireRequest } from '../wire/exchange.ts';
import { type Baseline, baselineOf } from './baseline.ts';
import { Fault } from './fault.ts';
import { judge } from './judge.ts';
import type { Mutant } from './mutant.ts';
import { type Observation, type Oracle, observe } from './observation.ts';
import { neverEnds } from './operator.ts';
import { type MutantResult, type MutationReport, reportOf, resultOf } from './report.ts';
import { Workspace } from './workspace.ts';

export interface MutateOptions {
  readonly session: SessionReader;
  readonly mutants: readonly Mutant[];
  readonly runner: Runner;
  readonly command: readonly string[];
  readonly cwd: string;
  /** Runs side by side. */
  readonly jobs: number;
  /** Run in `cwd` itself instead of copies, one at a time. */
  readonly inPlace?: boolean;
  readonly rules?: MatchRules;
  readonly redact?: (request: WireRequest) => WireRequest;
  readonly oracle?: Oracle;
  /** Lines of output that count as telling the user; the built-in words where absent. */
  readonly loud?: RegExp;
  /** For the unbroken runs; a mutant gets five times what those took and five seconds more. */
  readonly timeoutMs: number;
  /** Milliseconds after which no further mutant is begun. */
  readonly budgetMs?: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: MutateProgress) => void;
}

export interface MutateProgress {
  readonly done: number;
  readonly total: number;
  /** Milliseconds; null before the first mutant is done. */
  readonly leftMs: number | null;
  readonly last?: MutantResult;
}

const BASELINES = 3;

/** Runs the agent unbroken, then against every mutant, and says what it made of each. Leaves no files behind. */
export async function mutate(options: MutateOptions): Promise<MutationReport> {
  const lab = new Lab(options);
  const baseline = await lab.baseline();
  const done: MutantResult[] = [];
  const queue = [...options.mutants];
  const started = performance.now();
  const total = queue.length;
  const late = (): boolean =>
    options.budgetMs !== undefined && performance.now() - started > options.budgetMs;
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      if (options.signal.aborted || late()) return void queue.unshift(next);
      const result = await lab.try(next, baseline);
      if (!result) return void queue.unshift(next);
      done.push(result);
      const pace = (performance.now() - started) / done.length;
      options.onProgress?.({ done: done.length, total, leftMs: pace * (total - done.length), last: result });
    }
  };
  options.onProgress?.({ done: 0, total, leftMs: null });
  await Promise.all(Array.from({ length: lab.jobs }, worker));
  return reportOf({
    source: options.session.start.id,
    command: options.command,
    baseline: { durationMs: Math.round(baseline.durationMs), wobbles: baseline.wobbles },
    notRun: queue.map(({ id }) => id),
    mutants: done,
  });
}

/** Where runs happen: a workspace each, a session each. */
class Lab {
  readonly jobs: number;
  readonly #options: MutateOptions;
  readonly #workspace: Workspace | null;

  constructor(options: MutateOptions) {
    this.#options = options;
    this.#workspace = options.inPlace ? null : new Workspace(options.cwd);
    this.jobs = options.inPlace ? 1 : Math.max(1, options.jobs);
  }

  async baseline(): Promise<Baseline> {
    const runs: Observation[] = [];
    let misses = 0;
    const one = async (): Promise<void> => {
      const { session, rules, redact } = this.#options;
      const tape = new Tape(session, {
        missStatus: 422,
        ...(rules ? { rules } : {}),
        ...(redact ? { redact } : {}),
      });
      runs.push(await this.#run(tape, 'unbroken', this.#options.timeoutMs, this.#options.signal));
      misses = Math.max(misses, tape.report().misses.length);
    };
    for (let left = BASELINES; left > 0; left -= this.jobs) {
      await Promise.all(Array.from({ length: Math.min(left, this.jobs) }, one));
      this.#options.signal.throwIfAborted();
    }
    return baselineOf(runs, misses);
  }

  /** Null where the user stopped it on the way. */
  async try(mutant: Mutant, baseline: Baseline): Promise<MutantResult | null> {
    const { session, rules, redact, signal, loud } = this.#options;
    const stop = new AbortController();
    const fault = new Fault(mutant, session, {
      ...(rules ? { rules } : {}),
      ...(redact ? { redact } : {}),
      maxAsks: baseline.requests * 3 + 20,
      onStop: () => stop.abort(),
    });
    const timeoutMs = neverEnds(mutant.fault)
      ? baseline.durationMs * 2 + 3_000
      : baseline.durationMs * 5 + 5_000;
    const seen = await this.#run(
      fault,
      mutant.id,
      timeoutMs,
      AbortSignal.any([signal, stop.signal]),
      mutant.step,
    );
    if (signal.aborted) return null;
    return resultOf(mutant, judge(mutant, seen, fault.report(), baseline, loud), seen);
  }

  async #run(
    responder: Tape | Fault,
    name: string,
    timeoutMs: number,
    signal: AbortSignal,
    step?: number,
  ): Promise<Observation> {
    const { command, session, runner, oracle } = this.#options;
    const cwd = this.#workspace?.copy() ?? this.#options.cwd;
    try {
      const result: RunResult = await runner.run({
        // A script named by its whole path is the copy's, too.
        command: command.map(word =>
          word.startsWith(`${this.#options.cwd}/`) ? cwd + word.slice(this.#options.cwd.length) : word,
        ),
        cwd,
        responder,
        stdio: 'capture',
        timeoutMs,
        signal,
        name,
        parent: { session: session.start.id, ...(step === undefined ? {} : { step }) },
      });
      const files = this.#workspace?.changes(cwd) ?? new Map<string, string>();
      const observation = observe(result, files, cwd);
      const judged = await oracle?.({ cwd, result, stdout: observation.stdout });
      return judged ? { ...observation, oracle: judged } : observation;
    } finally {
      this.#workspace?.remove(cwd);
    }
  }
}
