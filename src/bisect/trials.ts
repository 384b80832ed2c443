import type { CallStep, Timeline } from '../timeline/timeline.ts';
import type { WireRequest } from '../wire/exchange.ts';
import { CAUSES } from './catalogue.ts';
import { runOn } from './control.ts';
import type { Hands } from './hands.ts';
import { rewriteFor } from './put-right.ts';
import type { NamedCause } from './report.ts';
import type { Runs } from './runs.ts';
import type { Place } from './scan.ts';
import { type Graft, type GraftedTool, Splice } from './splice.ts';
import { toolGraft, toolsWhileProving } from './tool-grafts.ts';

/** What one run did that was given values of the other. */
export type Outcome =
  /** It made the calls of the other run from there to the end, and ended as that did. */
  | 'follows'
  /** It asked what neither run had asked: what the provider would say to that, no tape knows. */
  | 'off the tape'
  | 'does not follow';

export interface Tried {
  /** The bad run with the good values, and the good run with the bad ones. */
  readonly heals: Outcome;
  readonly breaks: Outcome;
  /** A tool inside the agent gave the other run's result: the agent itself remembers it. */
  readonly byTool: boolean;
}

export interface Candidate {
  readonly cause: NamedCause;
  readonly place: Place;
}

/** Runs both agents with the values of these causes exchanged, all of them at once. Null: they cannot be put in at the wire. */
export async function exchanged(
  candidates: readonly Candidate[],
  runs: Runs,
  hands: Hands,
): Promise<Tried | null> {
  const from = firstOf(candidates);
  const heal = graftOf(candidates, runs, 'bad');
  const spoil = graftOf(candidates, runs, 'good');
  if (!from || !heal || !spoil) return null;
  return {
    heals: await outcome(runs.bad, runs.good, from.good, heal, hands),
    breaks: await outcome(runs.good, runs.bad, from.bad, spoil, hands),
    byTool: Boolean(heal.tools?.length && spoil.tools?.length),
  };
}

/** The earliest calls that any of the causes shows in: from there on the run is expected on the other's way. */
function firstOf(
  candidates: readonly Candidate[],
): { readonly good: CallStep; readonly bad: CallStep } | null {
  let first: { readonly good: CallStep; readonly bad: CallStep } | null = null;
  for (const { place } of candidates) {
    const { good, bad } = place;
    if (!good || !bad) return null;
    if (!first || good.at < first.good.at) first = { good, bad };
  }
  return first;
}

export const isInAnswer = (id: string): boolean =>
  CAUSES.find(cause => cause.id === id)?.inAnswer !== undefined;

/** `side`: the run that is given the other's values. */
function graftOf(candidates: readonly Candidate[], runs: Runs, side: 'good' | 'bad'): Graft | null {
  const donors = side === 'bad' ? 'good' : 'bad';
  const answers: { readonly own: ReadonlySet<number>; readonly donor: number }[] = [];
  const tools: GraftedTool[] = [];
  const rewrites: ((request: WireRequest) => WireRequest)[] = [];
  for (const { cause, place } of candidates) {
    const [own, donor] = [place[side], place[donors]];
    if (!own || !donor) return null;
    if (isInAnswer(cause.id)) {
      answers.push({ own: new Set(own.attempts.map(({ seq }) => seq)), donor: donor.seq });
      continue;
    }
    const { good, bad } = cause.evidence;
    const [was, shall] = side === 'bad' ? [bad, good] : [good, bad];
    const tool = toolGraft(
      { timeline: runs[side], step: own, text: was },
      { timeline: runs[donors], step: donor, text: shall },
    );
    if (tool) {
      tools.push(tool);
      continue;
    }
    const rewrite = rewriteFor(cause, was, shall, runs[donors].session.exchange(donor.seq).request);
    if (!rewrite) return null;
    rewrites.push(rewrite);
  }
  const rewrite =
    rewrites.length === 0
      ? null
      : (request: WireRequest) => rewrites.reduce((edited, next) => next(edited), request);
  return { answers, rewrite, tools };
}

async function outcome(
  own: Timeline,
  donor: Timeline,
  from: CallStep,
  graft: Graft,
  hands: Hands,
): Promise<Outcome> {
  const splice = new Splice(own.session, donor.session, graft, {
    ...hands,
    ownTools: toolsWhileProving(own.session),
    donorTools: toolsWhileProving(donor.session),
  });
  const result = await runOn(own.session, splice, hands);
  if (splice.misses > 0 || (!splice.grafted && splice.unknown > 0)) return 'off the tape';
  const expected = donor.steps.flatMap(step =>
    step.kind === 'call' && step.at >= from.at ? [step.attempts] : [],
  );
  const all = expected.every(attempts => attempts.some(({ seq }) => splice.given.has(seq)));
  const code = donor.session.exit?.code;
  const ended = code === undefined || code === result.exitCode;
  return splice.grafted && splice.ownAfter === 0 && all && ended ? 'follows' : 'does not follow';
}
