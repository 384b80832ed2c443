import { bisectSessions } from '../../src/bisect/bisect.ts';
import type { Report } from '../../src/bisect/report.ts';
import { readCall } from '../../src/providers/read-call.ts';
import { timelineOf } from '../../src/timeline/timeline.ts';
import { type CorpusCall, corpusFiles, corpusSessions, recordedOf } from '../tape/corpus-sessions.ts';
import { type Recorded, sessionOf } from '../tape/tape-session.ts';
import { CORPUS_PLANTS, type CorpusPlant, goodOf } from './corpus-plants.ts';

/** A cause planted into a recorded session, and what was said of it. */
export interface CorpusPlanted {
  readonly plant: CorpusPlant;
  /** `openai chat/completions`, `gemini generateContent stream` … */
  readonly endpoint: string;
  readonly path: string;
  readonly at: number;
  readonly report: Report;
  /** Its cause first, at its step; or nothing, where nothing was changed. */
  readonly right: boolean;
}

/** Each plant at the first, the middle and the last call of so many sessions of every endpoint. */
export function* corpusPlanted(sessions: number): Generator<CorpusPlanted> {
  for (const [endpoint, all] of byEndpoint()) {
    const usable = all.filter(isWhole);
    const every = Math.max(1, Math.floor(usable.length / sessions));
    for (const calls of usable.filter((_, i) => i % every === 0).slice(0, sessions)) {
      const recorded = calls.map(recordedOf);
      for (const at of new Set([0, recorded.length >> 1, recorded.length - 1])) {
        for (const plant of CORPUS_PLANTS) {
          const [good, bad] = [goodOf(plant, recorded), plant.make(recorded, at)];
          if (!good || !bad) continue;
          const report = bisectSessions(sessionOf(good), sessionOf(bad));
          const { divergence, causes } = report;
          const [first] = causes;
          const right =
            plant.cause === null
              ? divergence === null
              : divergence?.step === at && first?.step === at && plant.cause.test(first.id);
          yield { plant, endpoint, path: calls[0]!.path, at, report, right };
        }
      }
    }
  }
}

type Session = readonly (CorpusCall & {
  readonly provider?: string;
  readonly endpoint?: string;
  readonly sse?: boolean;
  readonly ndjson?: boolean;
  readonly eventstream?: boolean;
})[];

/** Up to so many calls: a long session is no other endpoint. */
const CALLS = 12;

function byEndpoint(): ReadonlyMap<string, readonly Session[]> {
  const groups = new Map<string, Session[]>();
  for (const file of corpusFiles()) {
    for (const session of corpusSessions(file) as readonly Session[]) {
      const names = new Set(
        session.map(
          ({ provider, endpoint, sse, ndjson, eventstream }) =>
            `${provider} ${endpoint}${sse || ndjson || eventstream ? ' stream' : ''}`,
        ),
      );
      const [name] = names;
      if (name === undefined || names.size > 1 || session.length > CALLS) continue;
      groups.set(name, [...(groups.get(name) ?? []), session]);
    }
  }
  return groups;
}

/** Calls that all went well, none a retry of another, with bodies that can be read: else there is nothing to plant into. */
function isWhole(session: Session): boolean {
  const recorded = session.map(recordedOf);
  const steps = timelineOf(sessionOf(recorded)).steps.filter(step => step.kind === 'call');
  return steps.length === recorded.length && steps.every(({ error }) => !error) && recorded.every(isRead);
}

function isRead({ request, answer }: Recorded): boolean {
  const call = readCall({ seq: 0, at: 0, request, answer: answer! });
  return (
    call !== null &&
    call.problems.length === 0 &&
    call.output.parts.length > 0 &&
    hasGoodEnd(call.finishReason)
  );
}

/** What is wrong with a recorded answer, and mended by the plant, is a cause of its own. */
const hasGoodEnd = (reason: string | null): boolean =>
  reason === null || !/length|max_tokens|incomplete|filter|refusal|malformed/i.test(reason);
