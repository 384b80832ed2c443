import { Collector, keyOf } from './collector.ts';
import type { Pair } from './pair.ts';
import type { Found, Place } from './scan.ts';
import { continuedOf } from './whole-conversation.ts';

/** Findings that cannot have led to where the agents parted, although they come before it. */
export interface Blameless {
  /** Of a conversation beside, whose call was still unanswered. */
  readonly beside: readonly Found[];
  /** Differences of requests, where the very same request was answered otherwise in the end. */
  readonly moot: readonly Found[];
}

/** What the parting calls themselves differ in is neither, wherever it showed first. */
export function blamelessIn(found: readonly Found[], parted: Pair | null): Blameless {
  if (!parted) return { beside: [], moot: [] };
  const [good, bad] = [parted.good.step, parted.bad.step];
  const sameRequest = good.key === bad.key && continuedOf(bad.call) === null;
  const beside = found.filter(one => isUnanswered(one.place, { good, bad }));
  const moot = found.filter(one => sameRequest && one.cause.inRequest !== undefined && !beside.includes(one));
  if (beside.length + moot.length === 0) return { beside, moot };
  const own = new Collector();
  own.request(parted, 0);
  own.answer(parted, 0);
  const here = new Set(own.found.map(keyOf));
  const elsewhere = (one: Found): boolean => !here.has(keyOf(one));
  return { beside: beside.filter(elsewhere), moot: moot.filter(elsewhere) };
}

/** Whether a call of another conversation was under way when these began. */
function isUnanswered(place: Place, parting: Place): boolean {
  return (['good', 'bad'] as const).every(side => {
    const [step, end] = [place[side], parting[side]];
    if (!step || !end) return step === null;
    return step.lane !== end.lane && step.latencyMs !== null && step.at + step.latencyMs > end.at;
  });
}
