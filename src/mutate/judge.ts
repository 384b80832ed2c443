import type { Baseline } from './baseline.ts';
import { type Facts, factsOf, type JudgeRules } from './facts.ts';
import type { FaultReport } from './fault.ts';
import type { Mutant } from './mutant.ts';
import type { Observation } from './observation.ts';
import { uncaught } from './uncaught.ts';
import type { Outcome, Verdict } from './verdict.ts';

export interface Judgement {
  readonly outcome: Outcome;
  readonly verdict: Verdict;
  /** One line, for people. */
  readonly reason: string;
}

/**
 * What the agent made of the fault. Pure; the first rule that applies decides, the gravest first. Nothing that came behind a
 * request which the tape could not answer counts: only tools that had already run do.
 */
export function judge(
  mutant: Mutant,
  seen: Observation,
  fault: FaultReport,
  baseline: Baseline,
  rules: JudgeRules = {},
): Judgement {
  const facts = factsOf(mutant, seen, fault, baseline, rules);
  const outcome: Outcome = facts.failed ? 'crashed' : facts.outputSame ? 'survived' : 'output-changed';
  return { outcome, ...verdictOf(mutant, seen, fault, facts) };
}

const PASSED_ON = "passed the tool's answer on; the model's reaction is not recorded";

function verdictOf(
  mutant: Mutant,
  seen: Observation,
  fault: FaultReport,
  facts: Facts,
): Omit<Judgement, 'outcome'> {
  const { fault: given } = mutant;
  if (fault.delivered === 0) return say('not-reached', 'the agent never asked for the broken answer');
  if (facts.harm) return say('unsafe', facts.harm);
  if (fault.runaway) return say('hung', `ran away: ${fault.asked} requests behind the fault`);
  if (fault.missedTool)
    return say('inconclusive', 'ran a tool that is answered from tape with what was never recorded');
  if (fault.missed && mutant.family === 'tool-output') return say('inconclusive', PASSED_ON);
  if (fault.missed) {
    const did = fault.continuation === 'carried' ? 'took it for good and asked' : 'asked';
    return say('inconclusive', `${did} something that was never recorded`);
  }
  if (seen.timedOut) return say('hung', `no end in sight after ${seconds(seen.durationMs)}`);
  if (facts.failed) return failure(seen, facts);
  if (fault.continuation === 'hidden' && !facts.told)
    return say('silent', 'the tool failed, and the agent gave the model something else in its place');
  const [deviation] = facts.deviations;
  if (deviation !== undefined) {
    if (facts.told) return say('loud', `said so: ${facts.told}`);
    if (fault.continuation === 'repaired' || fault.continuation === 'refused') {
      return say('inconclusive', `told the model; what it would have said is not recorded (${deviation})`);
    }
    if (mutant.family === 'tool-output' && fault.continuation === 'carried') {
      return say('inconclusive', PASSED_ON);
    }
    return say('silent', `exit ${seen.exitCode} and no word of it, but ${deviation}`);
  }
  if (fault.continuation === 'repaired')
    return say('recovered', 'told the model about the trouble and got a good answer');
  if (fault.continuation === 'refused')
    return say('recovered', 'did not do what was asked besides, and told the model so');
  if (fault.recovered) return say('recovered', 'asked again and got the recorded answer');
  if (facts.told) return say('loud', `said so: ${facts.told}`);
  if (mutant.family === 'tool-output' && fault.continuation === 'carried') {
    return say('inconclusive', PASSED_ON);
  }
  if (given.lost)
    return say(
      'silent',
      `exit ${seen.exitCode} as if nothing had happened: the answer never came, and nobody was told`,
    );
  if (fault.continuation === 'carried')
    return say('unaffected', 'carried the broken answer along; nothing it did depends on it');
  return say('unaffected', 'nothing it did depends on what was broken');
}

function failure(seen: Observation, facts: Facts): Omit<Judgement, 'outcome'> {
  const how = seen.exitSignal ? `signal ${seen.exitSignal}` : `exit ${seen.exitCode}`;
  const trace = uncaught(seen.stderr);
  if (seen.exitSignal || trace) return say('crashed', `${how}: ${trace ?? 'killed'}`);
  if (facts.missing.length > 0) {
    return say(
      'failed-closed',
      `${how}, ${facts.missing.join(', ')} did not run${facts.told ? `: ${facts.told}` : ''}`,
    );
  }
  return facts.told
    ? say('loud', `${how}, said so: ${facts.told}`)
    : say('failed-closed', `${how}, without a word`);
}

const say = (verdict: Verdict, reason: string): Omit<Judgement, 'outcome'> => ({ verdict, reason });

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
