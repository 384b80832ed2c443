import type { AlignedRow, Alignment } from '../timeline/align.ts';
import type { CallStep } from '../timeline/timeline.ts';
import { blamelessIn } from './beside.ts';
import { CAUSES } from './catalogue.ts';
import type { Cause, Finding } from './cause.ts';
import { Collector, placeOf } from './collector.ts';
import { facing, Taken } from './facing.ts';
import type { Pair } from './pair.ts';
import type { Runs } from './runs.ts';
import { Sides } from './sides.ts';

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
  /** Those of them that cannot have led to it: there the very same was asked. */
  readonly moot: readonly Found[];
  /** Behind it, or beside it: it cannot have led to it, but it is no consequence either. */
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
  let parted: Pair | null = null;
  let ended: number | null = null;
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
      // What was asked otherwise explains it only where it was answered otherwise too. And where a recording was never
      // finished, nobody knows what was called behind its end.
      const cutOff = gap.last && !runs[gap.side === 'good' ? 'bad' : 'good'].session.sealed;
      if (!cutOff && !collector.has('fault') && !(answered && collector.has('strong')))
        collector.gap(gap, step);
      if (material === null) moved = 'agent';
      material ??= step;
      behaviour = ended = step;
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
      parting ??= placeOf(pair);
    }
    if (!differ) continue;
    answered = true;
    if (pair.good.step.label !== 'MISS' && pair.bad.step.label !== 'MISS') collector.answer(pair, step);
    if (asked === 0 && !['fault', 'strong', 'weak'].some(weight => collector.has(weight as Cause['weight'])))
      noisy = true;
    if (pair.behavioursDiffer()) {
      behaviour = step;
      parting = placeOf(pair);
      parted = pair;
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
      behaviour = ended = step;
      parting = placeOf(pair);
    }
  }
  // Another order of tools, and the same answers throughout: nothing diverged.
  if (behaviour === null && !answered && !collector.opens()) material = null;
  const agents = moved === 'agent' ? material : ended;
  if (agents !== null) collector.runs(runs, agents, parting!);
  const later = new Collector(collector);
  for (const row of rows.slice(at, at + BEHIND)) {
    if (row.kind !== 'changed' && row.kind !== 'echo') continue;
    const pair = view.pairOf(row);
    later.request(pair, pair.good.ordinal);
  }
  const { beside, moot } = blamelessIn(collector.found, parted);
  return {
    material,
    behaviour,
    moved,
    found: collector.found.filter(one => !beside.includes(one)),
    moot,
    later: [...beside, ...later.found].filter(({ cause }) => OUTSIDE.has(cause.id)),
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
