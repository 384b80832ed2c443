import type { AnswerLabel } from '../wire/exchange.ts';
import type { Miss } from './miss.ts';
import type { ToolReport } from './tool-tape.ts';

/** What the tape did with one request. */
export interface Outcome {
  /** The request's `seq`. */
  readonly ask: number;
  readonly label: AnswerLabel;
  /** The recorded exchange whose answer it got. */
  readonly recorded?: number;
  readonly miss?: Miss;
}

/** What a replay did, for the summary at its end. */
export interface TapeReport {
  /** Requests by the rung that answered them; labels without any are left out. */
  readonly answers: Readonly<Partial<Record<AnswerLabel, number>>>;
  /** Each miss once, in order of first appearance; clients ask the same again. */
  readonly misses: readonly { readonly miss: Miss; readonly times: number }[];
  /** `seq` of recorded exchanges that nothing asked for. */
  readonly neverAsked: readonly number[];
  readonly outcomes: readonly Outcome[];
  /** What became of the tools that helpers told of. */
  readonly tools: ToolReport;
}

export function reportOf(
  outcomes: readonly Outcome[],
  neverAsked: readonly number[],
  tools: ToolReport,
): TapeReport {
  const answers: Partial<Record<AnswerLabel, number>> = {};
  const misses = new Map<string, { miss: Miss; times: number }>();
  for (const { label, miss } of outcomes) {
    answers[label] = (answers[label] ?? 0) + 1;
    if (!miss) continue;
    const folded = misses.get(miss.fingerprint);
    if (folded) folded.times++;
    else misses.set(miss.fingerprint, { miss, times: 1 });
  }
  return { answers, misses: [...misses.values()], neverAsked, outcomes, tools };
}
