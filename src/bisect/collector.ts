import { CAUSES } from './catalogue.ts';
import { type Cause, type Finding, weightOf } from './cause.ts';
import type { Gap } from './gap.ts';
import type { Pair } from './pair.ts';
import type { Runs } from './runs.ts';
import type { Found, Place } from './scan.ts';

/** Findings as they turn up, each difference once, where it shows first. */
export class Collector {
  readonly found: Found[] = [];
  readonly #seen: Set<string>;

  constructor(after?: Collector) {
    this.#seen = new Set(after ? after.#seen : []);
  }

  has(weight: Cause['weight']): boolean {
    return this.found.some(one => weightOf([one]) === weight);
  }

  /** Whether anything was found that the match key tells apart: the order of tools is not. */
  opens(): boolean {
    return this.found.some(({ cause, finding }) => cause.id !== 'tool_order_changed' && !finding.faint);
  }

  /** How many differences are new. */
  request(pair: Pair, step: number): number {
    return this.#add(placeOf(pair), step, cause => cause.inRequest?.(pair) ?? []);
  }

  answer(pair: Pair, step: number): void {
    this.#add(placeOf(pair), step, cause => cause.inAnswer?.(pair) ?? []);
  }

  gap(gap: Gap, step: number): void {
    const where = { good: gap.side === 'good' ? gap.step : null, bad: gap.side === 'bad' ? gap.step : null };
    this.#add(where, step, cause => cause.inGap?.(gap) ?? []);
  }

  runs(runs: Runs, step: number, where: Place): void {
    this.#add(where, step, cause => cause.inRuns?.(runs) ?? []);
  }

  #add(where: Place, step: number, findIn: (cause: Cause) => readonly Finding[]): number {
    let added = 0;
    for (const cause of CAUSES) {
      for (const finding of findIn(cause)) {
        const key = keyOf({ cause, finding });
        if (this.#seen.has(key)) continue;
        this.#seen.add(key);
        this.found.push({ cause, finding, step, place: where });
        if (!finding.faint) added++;
      }
    }
    return added;
  }
}

/** What makes two findings one difference, wherever they show. */
export function keyOf({ cause, finding }: Pick<Found, 'cause' | 'finding'>): string {
  return JSON.stringify([cause.id, finding.field.replace(/\[\d+\]$/, ''), finding.good, finding.bad]);
}

export const placeOf = ({ good, bad }: Pair): Place => ({ good: good.step, bad: bad.step });
