import type { SessionReader } from '../sessions/session.ts';
import type { MatchRules } from '../tape/rules.ts';
import { type Alignment, alignTimelines } from '../timeline/align.ts';
import type { CallStep } from '../timeline/timeline.ts';
import { timelineOf } from '../timeline/timeline.ts';
import { wordDiff } from '../timeline/word-diff.ts';
import { parseCallSite, type SiteFrame } from '../wire/call-site.ts';
import { callsIn, saidIn } from './answer.ts';
import { brief } from './brief.ts';
import { CAUSES } from './catalogue.ts';
import { mendedFailures } from './mended.ts';
import { pairedCalls } from './paired-calls.ts';
import { type Ranked, rank } from './rank.ts';
import type { Divergence, NamedCause, Report, RuledOut } from './report.ts';
import type { Runs } from './runs.ts';
import { type Found, type Place, type Scan, scan } from './scan.ts';
import { withRules } from './with-rules.ts';

/** A report, and the calls that it speaks of: what proving needs. */
export interface Examined {
  /** With the sessions as they were recorded: rules only say what counts. */
  readonly runs: Runs;
  readonly report: Report;
  /** The calls of each cause, in the order of `report.causes`. */
  readonly places: readonly Place[];
  /** The calls of the behavioural divergence, else of the material one. */
  readonly parting: Place | null;
}

/** Why two recorded runs diverged. Pure: reads both sessions, runs nothing. `rules`: what the user's configuration ignores. */
export function bisectSessions(good: SessionReader, bad: SessionReader, rules?: MatchRules): Report {
  return examineSessions(good, bad, rules).report;
}

export function bisectAligned(alignment: Alignment): Report {
  return examine(alignment).report;
}

export function examineSessions(good: SessionReader, bad: SessionReader, rules?: MatchRules): Examined {
  const [one, two] = [good, bad].map(session => timelineOf(withRules(session, rules)));
  const examined = examine(alignTimelines(one!, two!));
  return { ...examined, runs: { good: { ...one!, session: good }, bad: { ...two!, session: bad } } };
}

function examine(alignment: Alignment): Examined {
  const [good, bad] = [alignment.a.session, alignment.b.session];
  const scanned = scan(alignment);
  const divergence = divergenceOf(scanned);
  const notes = [...notesOf(good, 'good'), ...notesOf(bad, 'bad'), ...mendedFailures(alignment)];
  const base = { good: good.start.id, bad: bad.start.id, notes };
  const runs: Runs = { good: alignment.a, bad: alignment.b };
  const pairs = pairedCalls(alignment);
  if (!divergence) {
    const report = { ...base, divergence, causes: [], ruledOut: [], later: [], pairs };
    return { runs, report, places: [], parting: null };
  }
  const ranked = rank(scanned);
  const causes = ranked.length > 0 ? ranked.map(namedCause) : [unknownAt(divergence.step, scanned.parting)];
  const report: Report = {
    ...base,
    divergence,
    causes,
    ruledOut: ruledOut(causes, scanned),
    pairs,
    later: scanned.later.map(({ cause, finding, step }) => ({
      id: cause.id,
      step,
      field: finding.field,
      detail: finding.detail,
    })),
  };
  const places =
    ranked.length > 0 ? ranked.map(({ found: [{ place }] }) => place) : [scanned.parting ?? NOWHERE];
  return { runs, report, places, parting: scanned.parting };
}

function notesOf({ warnings, sealed }: SessionReader, side: 'good' | 'bad'): readonly string[] {
  const open = sealed ? [] : ['the recording was not finished: what was called behind its end is not known'];
  return [...warnings, ...open].map(note => `${side}: ${note}`);
}

const NOWHERE: Place = { good: null, bad: null };

function divergenceOf({ material, behaviour, moved, parting }: Scan): Divergence | null {
  if (material === null) return null;
  return {
    step: material,
    behaviour,
    moved: moved ?? 'agent',
    good: parting?.good ? actOf(parting.good) : null,
    bad: parting?.bad ? actOf(parting.bad) : null,
  };
}

/** What a call's answer made of the run, in a line. */
function actOf({ output, error, finishReason, call }: CallStep): string {
  if (error) return brief(`error ${error.status} ${error.type ?? ''} ${error.message}`);
  if (call.operation === 'embeddings') return 'embeddings';
  const calls = callsIn(output.parts);
  return brief(calls.join(', ') || saidIn(output.parts) || `nothing (${finishReason ?? 'no finish reason'})`);
}

function namedCause({ found, status, facts }: Ranked): NamedCause {
  const [first, ...more] = found;
  const { cause, finding, step, place } = first;
  const { good, bad } = finding;
  const others = more.filter(one => one.finding.field !== finding.field);
  const fields = [...new Set(others.map(one => one.finding.field))];
  const here = others.filter(one => one.step === step).map(one => one.finding.detail);
  return {
    id: cause.id,
    family: cause.family,
    status,
    step,
    field: finding.field,
    detail: finding.detail,
    evidence: {
      good,
      bad,
      ...(good !== null && bad !== null ? { words: wordDiff(good, bad) } : {}),
      facts: [
        ...(finding.facts ?? []),
        ...here.slice(0, 5),
        ...(fields.length > here.slice(0, 5).length
          ? [`In all ${fields.length + 1} fields: ${[finding.field, ...fields].slice(0, 8).join(', ')}.`]
          : []),
        ...facts,
        ...(place.bad?.label === 'FAULT'
          ? ['This answer was broken on purpose: the bad run is a mutant.']
          : []),
      ],
    },
    callSite: siteOf(place),
    verification: cause.verification,
  };
}

function unknownAt(step: number, place: Place | null): NamedCause {
  const unknown = CAUSES.find(({ id }) => id === 'unknown')!;
  return {
    id: unknown.id,
    family: unknown.family,
    status: 'INCONCLUSIVE',
    step,
    field: '',
    detail: unknown.definition,
    evidence: { good: null, bad: null, facts: [] },
    callSite: place && siteOf(place),
    verification: unknown.verification,
  };
}

function siteOf({ good, bad }: Place): SiteFrame | null {
  for (const step of [bad, good]) {
    const frame = step?.site === undefined ? undefined : parseCallSite(step.site)?.frames[0];
    if (frame) return frame;
  }
  return null;
}

/** What both runs agree in, up to the divergence. */
function ruledOut(causes: readonly NamedCause[], { found }: Scan): readonly RuledOut[] {
  const seen = new Set([...causes.map(({ id }) => id), ...found.map(({ cause }: Found) => cause.id)]);
  return CAUSES.flatMap(({ id, same }) => (same === undefined || seen.has(id) ? [] : [{ id, why: same }]));
}
