import { RewindError } from '../../errors.ts';
import { Budget, estimatedUsd } from '../../providers/budget.ts';
import type { PriceTable } from '../../providers/prices.ts';
import type { Responder } from '../../tape/responder.ts';
import type { Examined } from '../bisect.ts';
import type { NamedCause, Report } from '../report.ts';
import { Arm, askAll } from './arm.ts';
import { judgeSame, judgeValues, shown } from './judge.ts';
import type { Credentials } from './overheard.ts';
import { type ArmOf, bytesOf, type Trial, trialsOf } from './trials.ts';

export interface LiveOptions {
  /** Answers to each request. */
  readonly times: number;
  /** US dollars that may be spent in all. */
  readonly maxUsd: number;
  readonly provider: Responder;
  readonly credentials: Credentials;
  readonly prices: PriceTable;
  readonly signal?: AbortSignal;
  /** Told once, before anything is sent. */
  readonly onEstimate?: (answers: number, usd: number) => void;
  readonly onAnswer?: (answered: number, of: number, usd: number) => void;
}

/** With fewer answers to each of two requests, not even the clearest difference reaches p < 0.05. */
export const FEWEST = 4;

/**
 * Asks the provider again where only that can tell: a request that was answered otherwise, or the good request and one with
 * the bad value in it. `report`: what is known so far of the examined runs. Answers stay in memory.
 *
 * Throws RewindError `no-price`, `too-dear`, `no-credentials`, `live-refused`.
 */
export async function withLiveAnswers(
  examined: Examined,
  report: Report,
  options: LiveOptions,
): Promise<Report> {
  const armOf: ArmOf = (timeline, step, rewrite) => {
    const { request, answer } = timeline.session.exchange(step.seq);
    const wanted = rewrite ? rewrite(request) : request;
    const ready = options.credentials(wanted);
    if (typeof ready === 'string')
      throw new RewindError(
        'no-credentials',
        `The recording holds no credentials, and there are no others: ${ready}`,
        'Set the key in the environment, or add --verify: then what the agent itself sends is used.',
      );
    return new Arm(ready, estimatedUsd(step.call, wanted.body.length, bytesOf(answer), options.prices));
  };
  const trials = trialsOf(examined, armOf);
  if (trials.length === 0) {
    const why = 'Not asked live: what differs is no answer of the model, nor what it was asked.';
    return { ...report, notes: [...report.notes, why] };
  }
  const arms = [
    ...new Set(trials.flatMap(trial => (trial.kind === 'same' ? [trial.arm] : [trial.good, trial.bad]))),
  ];
  const estimate = sum(arms.map(arm => arm.estimate * options.times));
  if (estimate > options.maxUsd)
    throw new RewindError(
      'too-dear',
      `${arms.length * options.times} answers cost about $${shown(estimate)}, more than --max-usd ${options.maxUsd}`,
      'Ask fewer times, or raise --max-usd.',
    );
  options.onEstimate?.(arms.length * options.times, estimate);
  const budget = new Budget(options.maxUsd);
  const capped = await askAll(arms, {
    ...options,
    budget,
    extraHosts: examined.runs.good.session.start.extraHosts ?? [],
    signal: options.signal ?? new AbortController().signal,
    onAnswer: options.onAnswer ?? (() => undefined),
  });
  const causes = trials.reduce((known, trial) => judged(known, trial, trials.length), report.causes);
  const [answers, failed] = [
    sum(arms.map(arm => arm.answers.length)),
    sum(arms.map(arm => arm.failures.length)),
  ];
  return {
    ...report,
    causes: [
      ...causes.filter(({ status }) => status === 'VERIFIED'),
      ...causes.filter(({ status }) => status !== 'VERIFIED'),
    ],
    notes: [...report.notes, ...(capped ? [`Stopped at --max-usd ${options.maxUsd}.`] : [])],
    live: { answers, failed, estimatedUsd: estimate, usd: budget.spent },
  };
}

/** The causes with what a trial says of its own. */
function judged(causes: readonly NamedCause[], trial: Trial, tested: number): readonly NamedCause[] {
  return causes.flatMap(cause => {
    if (cause.id !== trial.cause.id || cause.field !== trial.cause.field) return [cause];
    if (trial.kind === 'values') return [judgeValues(trial, cause, tested)];
    const { cause: doubted, changed } = judgeSame(trial, cause);
    return changed ? [changed, doubted] : [doubted];
  });
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
