import type { SessionReader } from '../sessions/session.ts';
import type { MatchRules } from '../tape/rules.ts';
import type { Runner } from '../tape/runner.ts';
import type { WireRequest } from '../wire/exchange.ts';
import { type Baseline, baselineOf } from './baseline.ts';
import { Fault } from './fault.ts';
import { judge } from './judge.ts';
import { type Live, LiveFault } from './live-fault.ts';
import type { Mutant } from './mutant.ts';
import type { Observation, Oracle } from './observation.ts';
import { neverEnds } from './operator.ts';
import type { OutputRule } from './output.ts';
import { type MutantResult, type MutationReport, reportOf, resultOf, reusedResult } from './report.ts';
import type { ResultCache } from './result-cache.ts';
import { runCold } from './run-place.ts';
import { canBeKept, StartPoints } from './start-points.ts';
import { WatchedTape } from './watched-tape.ts';
import { Workspace } from './workspace.ts';

export interface MutateOptions {
  readonly session: SessionReader;
  readonly mutants: readonly Mutant[];
  readonly runner: Runner;
  readonly command: readonly string[];
  readonly cwd: string;
  /** Folders within `cwd` that nobody wrote by hand: copies share those that are large. */
  readonly generated?: readonly string[];
  /** Runs side by side. */
  readonly jobs: number;
  /** Run in `cwd` itself instead of copies, one at a time. */
  readonly inPlace?: boolean;
  /** False: every mutant starts from its program's start, also where the process could be kept at its calls. */
  readonly keep?: boolean;
  readonly rules?: MatchRules;
  readonly redact?: (request: WireRequest) => WireRequest;
  /** As `redact`, for the arguments of tools that helpers tell of. */
  readonly redactTool?: (value: unknown) => unknown;
  readonly oracle?: Oracle;
  /** Lines of output that count as telling the user; the built-in words where absent. */
  readonly loud?: RegExp;
  /** What makes output good; the unbroken run's where absent. */
  readonly output?: OutputRule;
  /** Results of earlier runs where nothing has changed since: those mutants are not run. */
  readonly known?: ResultCache;
  /** Asks the provider what the tape does not have behind a fault. */
  readonly live?: Live;
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
  const done = options.mutants.flatMap(mutant => {
    const known = options.known?.get(mutant);
    return known ? [reusedResult(mutant, known)] : [];
  });
  const reused = new Set(done.map(({ id }) => id));
  const queue = options.mutants.filter(({ id }) => !reused.has(id));
  const usual = options.known?.baseline;
  if (queue.length === 0 && usual) {
    const { session, command } = options;
    return reportOf({ source: session.start.id, command, baseline: usual, notRun: [], mutants: done });
  }
  const lab = new Lab(options);
  try {
    return await mutateIn(lab, options, queue, done);
  } finally {
    lab.close();
  }
}

/** Runs what stands in `queue`; `done`: what is known already. */
async function mutateIn(
  lab: Lab,
  options: MutateOptions,
  queue: Mutant[],
  done: MutantResult[],
): Promise<MutationReport> {
  const reused = done.length;
  const baseline = await lab.baseline();
  const total = options.mutants.length;
  const jobs = Math.min(lab.jobs, Math.max(1, queue.length));
  const kept = canBeKept(options, queue.length / jobs);
  options.onProgress?.({ done: done.length, total, leftMs: null });
  const started = performance.now();
  const late = (): boolean =>
    options.budgetMs !== undefined && performance.now() - started > options.budgetMs;
  const tell = (result: MutantResult): void => {
    done.push(result);
    const pace = (performance.now() - started) / (done.length - reused);
    options.onProgress?.({ done: done.length, total, leftMs: pace * (total - done.length), last: result });
  };
  const worker = async (): Promise<void> => {
    const points = kept ? await lab.startPoints(baseline) : null;
    const from = new Map<number, Mutant[]>();
    try {
      for (let next = queue.shift(); next; next = queue.shift()) {
        if (options.signal.aborted || late()) return void queue.unshift(next);
        const point = (await points?.before(next.seq)) ?? null;
        const result = await lab.try(next, baseline, points, point);
        if (!result) return void queue.unshift(next);
        if (point !== null) from.set(point, [...(from.get(point) ?? []), next]);
        tell(result);
      }
      for (const [point, mutants] of from) {
        if (options.signal.aborted || (await points?.check(point))) continue;
        // The process did not keep: what started from it is done again, from the start.
        for (const mutant of mutants) {
          const result = await lab.try(mutant, baseline, null, null);
          const index = done.findIndex(({ id }) => id === mutant.id);
          if (result) done[index] = result;
        }
      }
    } finally {
      await points?.close();
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  return reportOf({
    source: options.session.start.id,
    command: options.command,
    baseline: { durationMs: Math.round(baseline.durationMs), wobbles: baseline.wobbles },
    ...(lab.cold.size > 0 ? { cold: [...lab.cold].sort() } : {}),
    notRun: queue.map(({ id }) => id),
    mutants: done,
  });
}

/** What is done with the agent. */
class Lab {
  readonly jobs: number;
  /** Why mutants did not start at the broken call, though others may have. */
  readonly cold = new Set<string>();
  readonly #options: MutateOptions;
  readonly #workspace: Workspace | null;

  constructor(options: MutateOptions) {
    this.#options = options;
    this.#workspace = options.inPlace ? null : new Workspace(options.cwd, options.generated);
    this.jobs = options.inPlace ? 1 : Math.max(1, options.jobs);
  }

  async baseline(): Promise<Baseline> {
    const { timeoutMs, signal } = this.#options;
    const runs: Observation[] = [];
    const tapes: WatchedTape[] = [];
    const one = async (): Promise<void> => {
      const responder = this.#unbroken();
      runs.push(
        await runCold({ responder, name: 'unbroken', timeoutMs, signal }, this.#workspace, this.#options),
      );
      tapes.push(responder);
    };
    for (let left = BASELINES; left > 0; left -= this.jobs) {
      await Promise.all(Array.from({ length: Math.min(left, this.jobs) }, one));
      signal.throwIfAborted();
    }
    const misses = Math.max(...tapes.map(tape => tape.missed));
    return baselineOf(runs, misses, tapes[0]?.order);
  }

  close(): void {
    this.#workspace?.close();
  }

  startPoints(baseline: Baseline): Promise<StartPoints | null> {
    return StartPoints.make({
      options: this.#options,
      workspace: this.#workspace!,
      baseline,
      mutants: this.#options.mutants,
      unbroken: () => this.#unbroken(),
      onCold: why => this.cold.add(why),
    });
  }

  /** `point`: where to start, null for the program's start. Null where the user stopped it on the way. */
  async try(
    mutant: Mutant,
    baseline: Baseline,
    points: StartPoints | null,
    point: number | null,
  ): Promise<MutantResult | null> {
    const { signal } = this.#options;
    const stop = new AbortController();
    let live: LiveFault | undefined;
    const onStop = (): void => {
      // What the tape does not have ends a run only where nobody else is asked.
      const { runaway, missedTool } = fault.report();
      if (!live || live.refused || runaway || missedTool) stop.abort();
    };
    const fault = new Fault(mutant, this.#options.session, {
      ...this.#matching(),
      maxAsks: baseline.requests * 3 + 20,
      onStop,
    });
    if (this.#options.live) live = new LiveFault(fault, mutant, this.#options.live);
    const timeoutMs = neverEnds(mutant.fault)
      ? baseline.durationMs * 2 + 3_000
      : baseline.durationMs * 5 + 5_000;
    const plan = {
      responder: live ?? fault,
      name: mutant.id,
      timeoutMs,
      signal: AbortSignal.any([signal, stop.signal]),
      step: mutant.step,
    };
    const seen =
      points && point !== null
        ? await points.run(point, plan)
        : await runCold(plan, this.#workspace, this.#options);
    if (signal.aborted) return null;
    if (!seen) return this.try(mutant, baseline, null, null);
    const wentLive = live !== undefined && live.asked > 0;
    // A real model's words are never those of the recording.
    const usual = wentLive ? { ...baseline, stdout: null } : baseline;
    const judgement = judge(mutant, seen, (live ?? fault).report(), usual, this.#options);
    const result = resultOf(mutant, judgement, seen);
    return wentLive ? { ...result, live: true } : result;
  }

  #unbroken(): WatchedTape {
    return new WatchedTape(this.#options.session, { missStatus: 422, ...this.#matching() });
  }

  #matching(): Pick<MutateOptions, 'rules' | 'redact' | 'redactTool'> {
    const { rules, redact, redactTool } = this.#options;
    return {
      ...(rules ? { rules } : {}),
      ...(redact ? { redact } : {}),
      ...(redactTool ? { redactTool } : {}),
    };
  }
}
