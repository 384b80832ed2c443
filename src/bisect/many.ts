import type { SessionReader } from '../sessions/session.ts';
import type { MatchRules } from '../tape/rules.ts';
import { alignTimelines } from '../timeline/align.ts';
import { type Timeline, timelineOf } from '../timeline/timeline.ts';
import { rank } from './rank.ts';
import { type Found, scan } from './scan.ts';
import { silentChange } from './silent-change.ts';
import { withRules } from './with-rules.ts';

/** A difference from the first good run, and how well it tells good runs from bad ones. */
export interface Separation {
  readonly id: string;
  readonly step: number;
  readonly field: string;
  readonly detail: string;
  /** Runs that have it, of all. */
  readonly inGood: number;
  readonly inBad: number;
  /** Ochiai's coefficient: 1 where all bad runs have it and no good one, 0 where no bad run has it. */
  readonly score: number;
}

export interface ManyRuns {
  readonly good: readonly string[];
  readonly bad: readonly string[];
  /** The best separating first; what no bad run has is left out. */
  readonly separations: readonly Separation[];
}

/**
 * Which differences separate several good runs from several bad ones. All runs are compared with the first good one, up to
 * where each diverges; what the good runs differ in among themselves is noise, and counts against a difference.
 */
export function bisectMany(
  good: readonly SessionReader[],
  bad: readonly SessionReader[],
  rules?: MatchRules,
): ManyRuns {
  const timelines = (sessions: readonly SessionReader[]): readonly Timeline[] =>
    sessions.map(session => timelineOf(withRules(session, rules)));
  const [reference, ...others] = timelines(good);
  const seen = new Map<
    string,
    { first: Omit<Separation, 'inGood' | 'inBad' | 'score'>; inGood: number; inBad: number }
  >();
  const count = (side: 'inGood' | 'inBad', timeline: Timeline): void => {
    const keys = new Set<string>();
    for (const { cause, finding, step } of foundIn(reference!, timeline)) {
      // Another wording each time is one difference; another value of a setting is another one.
      const value = cause.weight === 'noise' ? '' : `${finding.field} ${finding.good} ${finding.bad}`;
      const key = `${cause.id} ${value}`;
      if (keys.has(key)) continue;
      keys.add(key);
      const { field, detail } = finding;
      const entry = seen.get(key) ?? { first: { id: cause.id, step, field, detail }, inGood: 0, inBad: 0 };
      entry[side]++;
      seen.set(key, entry);
    }
  };
  if (reference) {
    for (const timeline of others) count('inGood', timeline);
    for (const timeline of timelines(bad)) count('inBad', timeline);
  }
  const silent = reference ? silentChange(timelines(good), timelines(bad)) : null;
  if (silent) seen.set('silent', silent);
  const separations = [...seen.values()].flatMap(({ first, inGood, inBad }) =>
    inBad === 0 ? [] : [{ ...first, inGood, inBad, score: inBad / Math.sqrt(bad.length * (inBad + inGood)) }],
  );
  return {
    good: good.map(({ start }) => start.id),
    bad: bad.map(({ start }) => start.id),
    separations: separations.toSorted((a, b) => b.score - a.score || a.step - b.step),
  };
}

/** What is named as a cause: of chance only where there is nothing else. */
function foundIn(reference: Timeline, timeline: Timeline): readonly Found[] {
  return rank(scan(alignTimelines(reference, timeline))).flatMap(({ found }) => found);
}
