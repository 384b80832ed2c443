import { costOf, type PriceTable } from '../providers/prices.ts';
import { readCall } from '../providers/read-call.ts';
import type { SessionReader } from '../sessions/session.ts';
import type { TapeReport } from '../tape/report.ts';

/** What a replay did not spend. */
export interface Saved {
  /** Wall-clock time against the recorded run; 0 where the replay was not faster. */
  readonly ms: number;
  readonly tokens: number;
  /** Null where no price is known. */
  readonly costUsd: number | null;
  readonly costIncomplete: boolean;
}

/** Of one run: the recorded time is the first one's. */
export const addSaved = (a: Saved, b: Saved): Saved => ({
  ms: a.ms,
  tokens: a.tokens + b.tokens,
  costUsd: a.costUsd === null ? b.costUsd : a.costUsd + (b.costUsd ?? 0),
  costIncomplete: a.costIncomplete || b.costIncomplete,
});

export function savedBy(
  source: SessionReader,
  report: TapeReport,
  tookMs: number,
  prices: PriceTable,
): Saved {
  let tokens = 0;
  let costUsd: number | null = null;
  let costIncomplete = false;
  for (const { recorded } of report.outcomes) {
    if (recorded === undefined) continue;
    const exchange = source.exchange(recorded);
    const call = readCall(exchange, source.start.extraHosts);
    if (!call) continue;
    tokens += (call.usage?.input ?? 0) + (call.usage?.output ?? 0);
    const cost = costOf(call, prices, source.start.startedAt + exchange.at);
    if (cost === null) costIncomplete = true;
    else costUsd = (costUsd ?? 0) + cost;
  }
  const recordedMs = source.exit?.at ?? 0;
  return { ms: Math.max(0, recordedMs - tookMs), tokens, costUsd, costIncomplete };
}
