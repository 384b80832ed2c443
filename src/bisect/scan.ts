import type { AlignedRow, Alignment } from '../timeline/align.ts';
import type { CallStep, Timeline } from '../timeline/timeline.ts';
import { CAUSES } from './catalogue.ts';
import type { Cause, Finding } from './cause.ts';
import type { Gap } from './gap.ts';
import { Half, Pair, Said } from './pair.ts';
import type { Runs } from './runs.ts';

/** A finding, its cause, and the call where it shows first. */
export interface Found {
  readonly cause: Cause;
  readonly finding: Finding;
  /** LLM call, from 0: of the good run, or of the bad one where only that has it. */
  readonly step: number;
  readonly place: Place;
}

export interface Place {
  readonly good: CallStep | null;
  readonly bad: CallStep | null;
}

/** Where two runs part, and all that is found up to there. */
export interface Scan {
  /** First call that differs materially; null where none does. */
  readonly material: number | null;
  /** First call after which the agents act otherwise; null where they never do. */
  readonly behaviour: number | null;
  /** Who moved at the first material divergence. */
  readonly moved: 'agent' | 'provider' | null;
  /** Up to the behavioural divergence: what may have led to it. */
  readonly found: readonly Found[];
  /** Behind it: it cannot have led to it, but it is no consequence either. */
  readonly later: readonly Found[];
  /** Answers differed in words, for the same request, before anything else did. */
  readonly noisy: boolean;
  /** The calls of the behavioural divergence, else of the material one. */
  readonly parting: Place | null;
  /** Pairs of calls looked at field by field. */
  readonly examined: number;
}

/** Rows behind the divergence that are searched for further differences. */
const BEHIND = 200;
/** Pairs whose history alone differs are examined up to so many: later ones carry the same. */
const ECHOES = 200;
/** Up to so many calls, the routes of requests that are otherwise equal are compared as well. */
const SMALL = 1_000;

/** Walks the aligned calls in order, up to the first that made the agents act otherwise. */
export function scan(alignment: Alignment): Scan {
  const runs: Runs = { good: alignment.a, bad: alignment.b };
  const rows = alignment.rows.filter(row => isCallRow(row, alignment));
  const view = new Sides(runs);
  const collector = new Collector();
  const before = new Map<number, Pair>();
  let material: number | null = null;
  let behaviour: number | null = null;
  let moved: Scan['moved'] = null;
  let noisy = false;
  let answered = false;
  let parting: Place | null = null;
  let examined = 0;
  let echoes = 0;
  let at = 0;
  const taken = new Taken();

  for (; at < rows.length && behaviour === null; at++) {
    const row = taken.left(facing(rows, at, alignment));
    if (row === null) continue;
    if (row.kind === 'removed' || row.kind === 'added') {
      const gap = view.gapOf(row, before, rows.slice(at + 1));
      const step = view.ordinal(gap.side, gap.step);
      if (!collector.has('strong') && !collector.has('fault')) collector.gap(gap, step);
      if (material === null) moved = 'agent';
      material ??= step;
      behaviour = step;
      parting = { good: gap.side === 'good' ? gap.step : null, bad: gap.side === 'bad' ? gap.step : null };
      continue;
    }
    const pair = view.pairOf(row);
    before.set(pair.good.step.lane, pair);
    if (row.kind === 'echo' && echoes++ > ECHOES) continue;
    if (row.kind === 'same' && !mayDiffer(pair, rows.length)) continue;
    examined++;
    const step = pair.good.ordinal;
    const asked = collector.request(pair, step);
    const differ = pair.answersDiffer() || answeredByOther(pair);
    if (asked > 0 && material === null) moved = 'agent';
    if (asked === 0 && differ && material === null) moved = 'provider';
    if (asked > 0 || differ) {
      material ??= step;
      parting ??= place(pair);
    }
    if (!differ) continue;
    answered = true;
    if (asked === 0 && !collector.has('strong') && !collector.has('weak')) noisy = true;
    if (pair.good.step.label !== 'MISS' && pair.bad.step.label !== 'MISS') collector.answer(pair, step);
    if (pair.behavioursDiffer()) {
      behaviour = step;
      parting = place(pair);
    }
  }

  if (behaviour === null && exitsDiffer(runs) && rows.length > 0) {
    const last = rows.findLast(row => row.kind !== 'added' && row.kind !== 'removed');
    if (last && 'a' in last && 'b' in last) {
      const pair = view.pairOf(last);
      const step = pair.good.ordinal;
      collector.gap({ kind: 'exit', runs, side: 'bad', step: pair.bad.step, before: pair, last: true }, step);
      if (material === null) moved = 'agent';
      material ??= step;
      behaviour = step;
      parting = place(pair);
    }
  }
  // Another order of tools, and the same answers throughout: nothing diverged.
  if (behaviour === null && !answered && !collector.opens()) material = null;
  if (material !== null && moved === 'agent') collector.runs(runs, material, parting!);
  const later = new Collector(collector);
  for (const row of rows.slice(at, at + BEHIND)) {
    if (row.kind !== 'changed' && row.kind !== 'echo') continue;
    const pair = view.pairOf(row);
    later.request(pair, pair.good.ordinal);
  }
  return {
    material,
    behaviour,
    moved,
    found: collector.found,
    later: later.found.filter(({ cause }) => OUTSIDE.has(cause.id)),
    noisy,
    parting,
    examined,
  };
}

/** Differences that no earlier answer can have made. */
const OUTSIDE: ReadonlySet<string> = new Set(
  CAUSES.filter(({ family, weight }) => family === 'configuration' && weight === 'strong')
    .map(({ id }) => id)
    .concat(
      'system_prompt_drift',
      'upstream_tool_output_drifted',
      'tool_error_or_timeout',
      'retrieved_context_drift',
    ),
);

const place = ({ good, bad }: Pair): Place => ({ good: good.step, bad: bad.step });

/**
 * A call that only one run made, where the other run made another one at the same point of the conversation: the two
 * face each other, and whoever deviated there moved first. It stays alone where the other run is at its end, or where the
 * other run's next call comes here too, out of the very same conversation.
 */
function facing(rows: readonly AlignedRow[], at: number, { a, b, lanes }: Alignment): AlignedRow {
  const row = rows[at]!;
  if (row.kind !== 'removed' && row.kind !== 'added') return row;
  const own = row.kind === 'removed' ? a.steps[row.a]!.lane : b.steps[row.b]!.lane;
  const pair = lanes.find(lane => (row.kind === 'removed' ? lane.a : lane.b) === own);
  const other = row.kind === 'removed' ? pair?.b : pair?.a;
  if (other === null || other === undefined) return row;
  for (const next of rows.slice(at + 1, at + 1 + NEAR)) {
    const index = row.kind === 'removed' ? ('b' in next ? next.b : null) : 'a' in next ? next.a : null;
    if (index === null || (row.kind === 'removed' ? b : a).steps[index]!.lane !== other) continue;
    const alike =
      next.kind === 'same' || (next.kind === 'changed' && next.where === 'answer' && !next.carries);
    if (alike) return row;
    const [one, two] = row.kind === 'removed' ? [row.a, index] : [index, row.b];
    return { kind: 'changed', a: one, b: two, where: 'both', carries: false };
  }
  return row;
}

/** Calls that faced each other are looked at once: what the alignment had put beside them stands alone then. */
class Taken {
  readonly #good = new Set<number>();
  readonly #bad = new Set<number>();

  left(row: AlignedRow): AlignedRow | null {
    const good = 'a' in row && !this.#good.has(row.a) ? row.a : null;
    const bad = 'b' in row && !this.#bad.has(row.b) ? row.b : null;
    if (good !== null) this.#good.add(good);
    if (bad !== null) this.#bad.add(bad);
    if (good !== null && bad !== null) return row;
    if (good !== null) return { kind: 'removed', a: good };
    return bad === null ? null : { kind: 'added', b: bad };
  }
}

/** Rows behind a call of one run in which its counterpart is looked for. */
const NEAR = 200;

function isCallRow(row: AlignedRow, { a, b }: Alignment): boolean {
  const step = 'a' in row ? a.steps[row.a]! : b.steps[row.b]!;
  return step.kind === 'call';
}

/** Whether calls whose contents are the same may still have gone elsewhere, or been answered by another model. */
function mayDiffer(pair: Pair, size: number): boolean {
  const [one, two] = [pair.good.step, pair.bad.step];
  return size <= SMALL || one.key !== two.key || one.model !== two.model;
}

function answeredByOther({ good, bad }: Pair): boolean {
  const [was, is] = [good.call.responseModel, bad.call.responseModel];
  return was !== null && is !== null && was !== is && good.call.requestModel === bad.call.requestModel;
}

function exitsDiffer({ good, bad }: Runs): boolean {
  const [one, two] = [good.session.exit, bad.session.exit];
  return one !== undefined && two !== undefined && (one.code === 0) !== (two.code === 0);
}

/** Findings as they turn up, each difference once, where it shows first. */
class Collector {
  readonly found: Found[] = [];
  readonly #seen: Set<string>;

  constructor(after?: Collector) {
    this.#seen = new Set(after ? after.#seen : []);
  }

  has(weight: Cause['weight']): boolean {
    return this.found.some(({ cause, finding }) => cause.weight === weight && !finding.faint);
  }

  /** Whether anything was found that the match key tells apart: the order of tools is not. */
  opens(): boolean {
    return this.found.some(({ cause, finding }) => cause.id !== 'tool_order_changed' && !finding.faint);
  }

  /** How many differences are new. */
  request(pair: Pair, step: number): number {
    return this.#add(place(pair), step, cause => cause.inRequest?.(pair) ?? []);
  }

  answer(pair: Pair, step: number): void {
    this.#add(place(pair), step, cause => cause.inAnswer?.(pair) ?? []);
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
        const key = JSON.stringify([
          cause.id,
          finding.field.replace(/\[\d+\]$/, ''),
          finding.good,
          finding.bad,
        ]);
        if (this.#seen.has(key)) continue;
        this.#seen.add(key);
        this.found.push({ cause, finding, step, place: where });
        if (!finding.faint) added++;
      }
    }
    return added;
  }
}

/** The calls of both runs: their numbers, the call before each, what each run's model said. */
class Sides {
  readonly #runs: Runs;
  readonly #sides: Readonly<Record<'good' | 'bad', Side>>;

  constructor(runs: Runs) {
    this.#runs = runs;
    this.#sides = { good: sideOf(runs.good), bad: sideOf(runs.bad) };
  }

  ordinal(side: 'good' | 'bad', step: CallStep): number {
    return this.#sides[side].ordinals.get(step.index)!;
  }

  pairOf({ a, b }: { readonly a: number; readonly b: number }): Pair {
    return new Pair(this.#runs, this.#half('good', a), this.#half('bad', b));
  }

  gapOf(
    row: Extract<AlignedRow, { kind: 'removed' | 'added' }>,
    before: ReadonlyMap<number, Pair>,
    rest: readonly AlignedRow[],
  ): Gap {
    const side = row.kind === 'removed' ? 'good' : 'bad';
    const timeline = this.#runs[side];
    const step = timeline.steps[row.kind === 'removed' ? row.a : row.b] as CallStep;
    const pairs = [...before.values()];
    const previous = pairs.find(pair => pair[side].step.lane === step.lane) ?? null;
    const last = !rest.some(one => {
      const index = side === 'good' ? ('b' in one ? one.b : null) : 'a' in one ? one.a : null;
      if (index === null || previous === null) return false;
      const other = side === 'good' ? this.#runs.bad : this.#runs.good;
      return other.steps[index]!.lane === previous[side === 'good' ? 'bad' : 'good'].step.lane;
    });
    return { kind: 'call', runs: this.#runs, side, step, before: previous, last };
  }

  #half(side: 'good' | 'bad', index: number): Half {
    const timeline = this.#runs[side];
    const { ordinals, previous, said } = this.#sides[side];
    const step = timeline.steps[index] as CallStep;
    const before = previous.get(index);
    return new Half(
      timeline,
      step,
      ordinals.get(index)!,
      before === undefined ? null : (timeline.steps[before] as CallStep),
      said,
    );
  }
}

interface Side {
  readonly ordinals: ReadonlyMap<number, number>;
  readonly previous: ReadonlyMap<number, number>;
  readonly said: Said;
}

function sideOf({ steps }: Timeline): Side {
  const ordinals = new Map<number, number>();
  const previous = new Map<number, number>();
  const lastOf = new Map<number, number>();
  for (const step of steps) {
    if (step.kind !== 'call') continue;
    ordinals.set(step.index, ordinals.size);
    const before = lastOf.get(step.lane);
    if (before !== undefined) previous.set(step.index, before);
    lastOf.set(step.lane, step.index);
  }
  return { ordinals, previous, said: new Said(steps) };
}
