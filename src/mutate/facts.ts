import type { Baseline } from './baseline.ts';
import { clip } from './clip.ts';
import { type Effect, isHarmless, isRefused } from './effects.ts';
import type { FaultReport } from './fault.ts';
import { canaryOf, harmOf } from './harm.ts';
import type { Mutant } from './mutant.ts';
import type { Observation } from './observation.ts';
import { type OutputRule, outputDeviation, sameOutput } from './output.ts';
import { toldOf } from './told.ts';
import { leftOut } from './trace.ts';

/** What the user says about good and bad. */
export interface JudgeRules {
  /** Lines of output that tell the user of trouble; the built-in words where absent. */
  readonly loud?: RegExp;
  /** `normalised` where absent. */
  readonly output?: OutputRule;
}

/** What the oracles see of a run, beside the unbroken ones. */
export interface Facts {
  /** Ended otherwise than unbroken, and not for want of a recorded answer. */
  readonly failed: boolean;
  readonly outputSame: boolean;
  /** Deviations of the oracles, in words. */
  readonly deviations: readonly string[];
  /** The agent's own words about the trouble. */
  readonly told: string | null;
  /** A tool that must not have run as it did. */
  readonly harm: string | null;
  /** Tools that ran unbroken and did not run now. */
  readonly missing: readonly string[];
}

export function factsOf(
  mutant: Mutant,
  seen: Observation,
  fault: FaultReport,
  baseline: Baseline,
  { loud, output = { kind: 'normalised' } }: JudgeRules,
): Facts {
  const clean = !fault.missed && !fault.runaway;
  const outputSame = baseline.stdout === null || sameOutput(baseline.stdout, seen.stdout);
  const { rewords } = mutant.fault;
  const outputs = baseline.runs.map(({ stdout }) => stdout);
  const deviates = (text: string): string | null => outputDeviation(output, outputs, baseline.stdout, text);
  // What is said in other words, and printed, is as good.
  const wrong =
    rewords && deviates(seen.stdout) !== null
      ? deviates(seen.stdout.replaceAll(rewords.to, () => rewords.from))
      : deviates(seen.stdout);
  const skipped = leftOut(
    baseline.runs.map(({ trace }) => trace),
    seen.trace,
  );
  const compared = baseline.effectsStable
    ? compareEffects(baseline.effects, seen.effects)
    : { missing: [], other: [] };
  const deviations = [
    ...compared.missing.map(name => `${name} did not run`),
    ...compared.other,
    // What a tool that the fault kept from running did not write is the fault's doing.
    ...(mutant.fault.tool?.runs === false ? [] : fileDeviations(baseline, seen)),
    ...(seen.oracle && !seen.oracle.passed && !seen.oracle.skipped
      ? [`the oracle fails: ${seen.oracle.said}`]
      : []),
    ...(wrong === null ? [] : [wrong]),
    ...(skipped === null ? [] : [`it left out ${clip(skipped)}`]),
  ];
  return {
    failed: clean && !seen.timedOut && seen.exitCode !== baseline.exitCode,
    outputSame,
    deviations,
    told: toldOf(mutant, seen, baseline, loud),
    harm:
      canaryOf(mutant.fault, seen.effects, fault) ??
      (baseline.effectsStable ? harmOf(mutant.fault, seen.effects, baseline.effects, fault) : null),
    missing: compared.missing,
  };
}

function compareEffects(
  usual: readonly Effect[],
  seen: readonly Effect[],
): { readonly missing: readonly string[]; readonly other: readonly string[] } {
  const left = seen.flatMap(effect => Array.from({ length: effect.times }, () => effect));
  const missing: string[] = [];
  const other: string[] = [];
  for (const effect of usual) {
    for (let i = 0; i < effect.times; i++) {
      const same = left.findIndex(({ name, args }) => name === effect.name && args === effect.args);
      if (same >= 0) {
        left.splice(same, 1);
        continue;
      }
      const changed = left.findIndex(one => one.name === effect.name && !isRefused(one));
      if (changed < 0) missing.push(effect.name);
      else other.push(`${effect.name} ran with ${clip(left.splice(changed, 1)[0]!.args)}`);
    }
  }
  const extra = left.filter(one => !isHarmless(one.name) && !isRefused(one));
  return { missing, other: [...other, ...extra.map(({ name }) => `${name} ran once more`)] };
}

function fileDeviations(baseline: Baseline, seen: Observation): readonly string[] {
  const paths = new Set([...baseline.files.keys(), ...seen.files.keys()]);
  return [...paths].flatMap(path => {
    const [before, now] = [baseline.files.get(path), seen.files.get(path)];
    if (before === now || (baseline.wobblingFiles.has(path) && now !== undefined)) return [];
    if (now === undefined) return [`${path} was not written`];
    return [before === undefined ? `${path} was written` : `${path} has other content`];
  });
}
