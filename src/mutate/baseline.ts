import { RewindError } from '../errors.ts';
import type { Effect } from './effects.ts';
import type { Observation } from './observation.ts';
import { type StableOutput, sameOutput, stableOutput } from './output.ts';

/** What the agent does when nothing is broken, as far as several runs agree. */
export interface Baseline {
  readonly runs: readonly Observation[];
  readonly exitCode: number;
  readonly durationMs: number;
  readonly requests: number;
  /** Recorded exchanges by `seq`, as the first run asked for them. */
  readonly order: readonly number[];
  readonly stdout: StableOutput | null;
  readonly effects: readonly Effect[];
  /** False where the runs did different things, so that the ledger says nothing. */
  readonly effectsStable: boolean;
  readonly files: ReadonlyMap<string, string>;
  /** Files whose content differs from run to run: only that they are written counts. */
  readonly wobblingFiles: ReadonlySet<string>;
  /** What was masked or left out, in words. */
  readonly wobbles: readonly string[];
}

/** Throws RewindError where the unbroken runs give nothing to compare with. */
export function baselineOf(
  runs: readonly Observation[],
  misses: number,
  order: readonly number[] = [],
): Baseline {
  const first = runs[0]!;
  if (misses > 0) {
    throw new RewindError(
      'baseline-misses',
      `Unbroken, the run asks ${misses === 1 ? 'for an answer' : `for ${misses} answers`} that the recording does not have`,
      '`rewind replay <session>` shows what differs and the matching rule that helps.',
    );
  }
  if (runs.some(run => run.timedOut)) {
    throw new RewindError(
      'baseline-hangs',
      'Unbroken, the run does not end in time',
      'Give it more with --timeout.',
    );
  }
  const codes = new Set(runs.map(run => run.exitSignal ?? run.exitCode));
  if (codes.size > 1 || first.exitCode === null) {
    throw new RewindError(
      'baseline-wobbles',
      `Unbroken, the run ends in different ways: ${[...codes].join(', ')}`,
      'Make the replay deterministic first: `rewind replay <session>` several times.',
    );
  }
  const failing = runs.find(({ oracle }) => oracle && !oracle.passed && !oracle.skipped)?.oracle;
  if (failing) {
    throw new RewindError(
      'oracle-fails',
      `Unbroken, the run fails the oracle: ${failing.said}`,
      'The oracle must pass on the recording itself before it can judge mutants.',
    );
  }
  const wobbles: string[] = [];
  const stdout = stableOutput(runs.map(run => run.stdout));
  if (!stdout) wobbles.push('the output differs in length from run to run: it is not compared');
  else if (stdout.masked > 0)
    wobbles.push(`${stdout.masked} lines of the output differ from run to run: masked`);
  const effectsStable = runs.every(run => ledger(run) === ledger(first));
  if (!effectsStable) wobbles.push('the tools that run differ from run to run: they are not compared');
  const wobblingFiles = new Set(
    runs
      .flatMap(run => [...run.files.keys()])
      .filter(path => runs.some(run => run.files.get(path) !== first.files.get(path))),
  );
  if (wobblingFiles.size > 0) wobbles.push(`${wobblingFiles.size} files differ from run to run: masked`);
  return {
    runs,
    exitCode: first.exitCode,
    durationMs: Math.max(...runs.map(run => run.durationMs)),
    requests: Math.max(...runs.map(run => run.requests)),
    order,
    stdout,
    effects: first.effects,
    effectsStable,
    files: first.files,
    wobblingFiles,
    wobbles,
  };
}

/** What an unbroken run does otherwise than those; null where it is like them. */
export function deviationFrom(baseline: Baseline, seen: Observation): string | null {
  const [first] = baseline.runs;
  if (seen.exitCode !== baseline.exitCode) return 'its exit code';
  if (seen.requests !== baseline.requests) return 'its requests';
  if (baseline.stdout && !sameOutput(baseline.stdout, seen.stdout)) return 'its output';
  if (baseline.effectsStable && first && ledger(seen) !== ledger(first)) return 'its tools';
  const paths = new Set([...baseline.files.keys(), ...seen.files.keys()]);
  for (const path of paths) {
    const [usual, now] = [baseline.files.get(path), seen.files.get(path)];
    if (usual !== now && !(baseline.wobblingFiles.has(path) && now !== undefined)) return path;
  }
  return null;
}

const ledger = (run: Observation): string =>
  JSON.stringify(run.effects.map(({ name, args, times }) => [name, args, times]).sort());
