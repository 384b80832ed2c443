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

export function savedBy(source: SessionReader, report: TapeReport, tookMs: number): Saved {
  let tokens = 0;
  const costUsd: number | null = null;
  const costIncomplete = false;
  for (const { recorded } of report.outcomes) {
    if (recorded === undefined) continue;
    const call = readCall(source.exchange(recorded), source.start.extraHosts);
    tokens += (call?.usage?.input ?? 0) + (call?.usage?.output ?? 0);
  }
  const recordedMs = source.exit?.at ?? 0;
  return { ms: Math.max(0, recordedMs - tookMs), tokens, costUsd, costIncomplete };
}
