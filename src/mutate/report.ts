import { RewindError } from '../errors.ts';
import type { Judgement } from './judge.ts';
import type { Mutant } from './mutant.ts';
import type { KnownResult } from './result-cache.ts';
import { VERDICTS, type Verdict } from './verdict.ts';

/** One line of the report. The whole form is documented in docs/mutate.md and is stable. */
export interface MutantResult extends Judgement {
  readonly id: string;
  readonly operator: string;
  readonly family: string;
  readonly step: number;
  readonly callSite: { readonly file: string; readonly line: number } | null;
  /** What was changed. */
  readonly detail: string;
  /** Id of the run's session: open it in the debugger. */
  readonly session: string | null;
  readonly durationMs: number;
  /** Known from an earlier run, nothing having changed since; not run again. */
  readonly reused?: true;
  /** The provider was asked behind the fault (`--live`): the output is not compared, and another run may end otherwise. */
  readonly live?: true;
  /** The user takes this for what the agent should do (`mutate.accept` in rewind.config.json): it fails nothing. */
  readonly accepted?: true;
}

export interface MutationReport {
  readonly version: 1;
  /** The recording that was broken. */
  readonly source: string;
  readonly command: readonly string[];
  /** Counts by verdict, all verdicts present, and their sum. */
  readonly summary: Readonly<Record<Verdict | 'total', number>>;
  readonly baseline: { readonly durationMs: number; readonly wobbles: readonly string[] };
  /** Why mutants of a Python agent did not start at the broken call (docs/mutate.md); absent where nothing stood in the way. */
  readonly cold?: readonly string[];
  /** `2/3`: which part of the plan this is; absent for all of it. */
  readonly shard?: string;
  /** Mutants of the plan that were not run: beyond a budget, or after Ctrl-C. */
  readonly notRun: readonly string[];
  /** In the order of steps, then ids. */
  readonly mutants: readonly MutantResult[];
}

export function resultOf(
  { id, operator, family, step, callSite, fault }: Mutant,
  judgement: Judgement,
  run: { readonly session: string | null; readonly durationMs: number },
): MutantResult {
  return {
    id,
    operator,
    family,
    step,
    callSite,
    ...judgement,
    detail: fault.detail,
    session: run.session,
    durationMs: Math.round(run.durationMs),
  };
}

/** A result of an earlier run: its session may be on another machine. */
export function reusedResult(mutant: Mutant, known: KnownResult): MutantResult {
  const { durationMs, ...judgement } = known;
  return { ...resultOf(mutant, judgement, { session: null, durationMs }), reused: true };
}

export function reportOf(parts: Omit<MutationReport, 'version' | 'summary'>): MutationReport {
  const mutants = parts.mutants.toSorted((a, b) => a.step - b.step || (a.id < b.id ? -1 : 1));
  return { version: 1, ...parts, summary: summaryOf(mutants), mutants };
}

function summaryOf(mutants: readonly MutantResult[]): MutationReport['summary'] {
  const counts = Object.fromEntries(VERDICTS.map(verdict => [verdict, 0])) as Record<Verdict, number>;
  for (const { verdict } of mutants) counts[verdict]++;
  return { total: mutants.length, ...counts };
}

/** The shards of one plan as one report. Throws RewindError where they are of different recordings, or one of them is missing. */
export function mergeReports(reports: readonly MutationReport[]): MutationReport {
  const [first] = reports;
  if (!first)
    throw new RewindError(
      'nothing-to-merge',
      'No report was given to merge',
      'rewind mutate --merge a.json b.json',
    );
  const other = reports.find(({ source }) => source !== first.source);
  if (other) {
    throw new RewindError(
      'other-recording',
      `These reports are of different recordings: ${first.source.slice(0, 8)} and ${other.source.slice(0, 8)}`,
      'Merge the shards of one plan.',
    );
  }
  checkShards(reports.flatMap(({ shard }) => shard ?? []));
  const mutants = new Map(
    reports.flatMap(report => report.mutants.map(mutant => [mutant.id, mutant] as const)),
  );
  const notRun = new Set(reports.flatMap(report => report.notRun));
  const cold = new Set(reports.flatMap(report => report.cold ?? []));
  return reportOf({
    source: first.source,
    command: first.command,
    baseline: {
      durationMs: Math.max(...reports.map(({ baseline }) => baseline.durationMs)),
      wobbles: [...new Set(reports.flatMap(({ baseline }) => baseline.wobbles))],
    },
    ...(cold.size > 0 ? { cold: [...cold].sort() } : {}),
    notRun: [...notRun].filter(id => !mutants.has(id)),
    mutants: [...mutants.values()],
  });
}

/** A machine that failed before it wrote its report must not look like one that found nothing. */
function checkShards(shards: readonly string[]): void {
  const counts = [...new Set(shards.map(shard => Number(shard.split('/')[1])))];
  const missing = counts.flatMap(count =>
    Array.from({ length: count }, (_, i) => `${i + 1}/${count}`).filter(shard => !shards.includes(shard)),
  );
  if (missing.length === 0) return;
  throw new RewindError(
    'missing-shard',
    counts.length > 1
      ? `These are shards of different divisions: ${shards.join(', ')}`
      : `Of the shards ${missing.join(', ')} there is no report`,
    'Merge the reports of all shards of one plan.',
  );
}
