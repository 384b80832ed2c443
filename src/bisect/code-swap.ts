import type { Timeline } from '../timeline/timeline.ts';
import { requestsOf, runOn, tapeOf } from './control.ts';
import type { Hands } from './hands.ts';
import type { Runs } from './runs.ts';
import { withRules } from './with-rules.ts';

/**
 * Whether the length of a run is its agent's own doing: given the other run's answers, each still makes the calls that it
 * made itself, and no more. Where they run on answers that are the same up to there, nothing but the agent is left.
 */
export async function agentsDecide(runs: Runs, hands: Hands): Promise<boolean> {
  return (await staysItself(runs.good, runs.bad, hands)) && (await staysItself(runs.bad, runs.good, hands));
}

async function staysItself(own: Timeline, other: Timeline, hands: Hands): Promise<boolean> {
  const { session } = await runOn(own.session, tapeOf(other.session, hands), hands);
  const [made, recorded, theirs] = [
    requestsOf(withRules(session, hands.rules)),
    requestsOf(own.session),
    requestsOf(other.session),
  ];
  const common = recorded.findIndex((key, i) => key !== theirs[i]);
  // What it asks behind the first call that the other run did not make depends on the answer, which the tape has not.
  const certain = common < 0 ? recorded : recorded.slice(0, common + 1);
  return certain.every((key, i) => made[i] === key) && (common >= 0 || made.length === recorded.length);
}
