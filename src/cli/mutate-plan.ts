import { statSync } from 'node:fs';
import { RewindError } from '../errors.ts';
import { loadOperators } from '../mutate/load-operators.ts';
import type { Mutant } from '../mutate/mutant.ts';
import { planMutants, shardOf } from '../mutate/plan.ts';
import type { SessionReader } from '../sessions/session.ts';
import { changedFiles, sinceChange } from './changed-files.ts';
import type { MutateCommandOptions } from './mutate-options.ts';
import { err } from './terminal.ts';

/** What of a recording's mutants is run. */
export interface MutantPlan {
  /** All that the operators make of it. */
  readonly whole: readonly Mutant[];
  readonly mutants: readonly Mutant[];
  /** Beyond `--max-mutants`. */
  readonly leftOut: readonly Mutant[];
}

/** Null, and said, where nothing has changed since `--since`. `given`: the command on the command line. */
export async function planFor(
  session: SessionReader,
  given: readonly string[],
  options: MutateCommandOptions,
): Promise<MutantPlan | null> {
  const operators = await loadOperators(options.operator ?? []);
  const whole = planMutants(session, {
    operators,
    ...(options.only ? { only: options.only } : {}),
    ...(options.step === undefined ? {} : { step: options.step }),
  });
  if (whole.length === 0) {
    throw new RewindError(
      'nothing-to-break',
      `Session ${session.start.id.slice(0, 8)} has no answer that could be broken so`,
      '`rewind inspect` shows its steps, `rewind mutate --operators` the operators.',
    );
  }
  const named = options.mutant ? withIds(whole, options.mutant) : whole;
  const meant =
    options.since === undefined
      ? named
      : sinceChange(named, changedFiles(whatToRun(session, given).cwd, options.since));
  if (meant.length === 0) {
    err.line(
      `No call of the recording stands in a file that has changed since ${options.since}: nothing to run.`,
    );
    return null;
  }
  const budgeted = options.maxMutants === undefined ? meant : meant.slice(0, options.maxMutants);
  const mutants = options.shard ? shardOf(budgeted, options.shard) : budgeted;
  return { whole, mutants, leftOut: meant.slice(budgeted.length) };
}

function withIds(mutants: readonly Mutant[], ids: readonly string[]): readonly Mutant[] {
  const known = new Map(mutants.map(mutant => [mutant.id, mutant]));
  return ids.map(id => {
    const mutant = known.get(id);
    if (mutant) return mutant;
    throw new RewindError(
      'no-such-mutant',
      `The recording has no mutant ${id}`,
      '`rewind mutate <session> --plan` lists them.',
    );
  });
}

/** The command and its folder: those on the command line, else the recorded ones. */
export function whatToRun(
  { start }: SessionReader,
  given: readonly string[],
): { readonly command: readonly string[]; readonly cwd: string } {
  if (given.length > 0) return { command: given, cwd: process.cwd() };
  if (start.command.length === 0) {
    throw new RewindError(
      'no-command',
      `Session ${start.id.slice(0, 8)} has no command of its own (${start.mode})`,
      `Say what to run: rewind mutate ${start.id.slice(0, 8)} -- <command>`,
    );
  }
  if (start.cwd !== '' && statSync(start.cwd, { throwIfNoEntry: false })?.isDirectory())
    return { command: start.command, cwd: start.cwd };
  return { command: start.command, cwd: process.cwd() };
}
