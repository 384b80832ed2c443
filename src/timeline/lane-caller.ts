import type { Call } from '../providers/call.ts';
import { type CallSite, parseCallSite, type SiteFrame } from '../wire/call-site.ts';
import type { Draft } from './draft.ts';

export interface Caller {
  readonly call: Draft;
  /** Nothing but the time says so: true only if that agent goes on later. */
  readonly guessed: boolean;
}

/** What an asker's place in the code says about a lane that begins. */
interface Place {
  readonly asker: Draft;
  /** `below`: it begins further down in what the asker called; `beside`: as deep as it; `elsewhere`: that has returned. */
  readonly where: 'below' | 'beside' | 'elsewhere' | 'unknown';
  /** The same thread and task. */
  readonly together: boolean;
  /** Callers that both have, and those of them at the very same position. */
  readonly depth: number;
  readonly exact: number;
  /** It is asked what the tool was asked. */
  readonly told: boolean;
}

/**
 * Who led to a lane: one of the calls whose tools were running when it began. The code tells it where both calls have a
 * site: a sub-agent is called from below the loop of its caller. Else the words tell it: a sub-agent is asked what stands
 * in the tool call's arguments. Else the latest of them is guessed, but for agents of the same kind, which are started by
 * the same caller as a rule.
 */
export function callerOf(draft: Draft, call: Call, askers: readonly Draft[]): Caller | null {
  const site = siteOf(draft);
  const asked = textOf(call);
  const places = askers
    .filter(({ answer }) => answer.endsAt <= draft.at)
    .map(asker => placeOf(asker, site, asked))
    .filter(({ where }) => where !== 'elsewhere');
  const best = (some: readonly Place[]): Draft | undefined => some.toSorted(byLikelihood)[0]?.asker;
  const sure =
    best(places.filter(({ where }) => where === 'below')) ?? best(places.filter(({ told }) => told));
  if (sure) return { call: sure, guessed: false };
  const guess = best(places.filter(({ asker }) => asker.persona !== draft.persona));
  return guess ? { call: guess, guessed: true } : null;
}

function byLikelihood(a: Place, b: Place): number {
  return (
    Number(b.together) - Number(a.together) ||
    b.exact - a.exact ||
    b.depth - a.depth ||
    Number(b.told) - Number(a.told) ||
    b.asker.answer.endsAt - a.asker.answer.endsAt
  );
}

function placeOf(asker: Draft, site: CallSite | undefined, asked: string): Place {
  const told = argumentTexts(asker).some(text => asked.includes(text));
  const caller = siteOf(asker);
  if (!site?.frames.length || !caller?.frames.length || site.pid !== caller.pid) {
    return { asker, where: 'unknown', together: false, depth: 0, exact: 0, told };
  }
  const sameThread = site.thread === caller.thread;
  // Node counts executions, of which each await begins another; Python names tasks.
  const together = sameThread && (site.language === 'node' || site.task === caller.task);
  const shared = sharedCallers(caller.frames, site.frames);
  if (!shared) return { asker, where: 'elsewhere', together, depth: 0, exact: 0, told };
  const { deeper, sameLine, depth, exact } = shared;
  // One line that makes calls for several agents is a loop that each of them runs.
  const where = deeper > 0 ? 'below' : together && !sameLine ? 'beside' : 'elsewhere';
  return { asker, where, together, depth, exact, told };
}

interface Shared {
  /** So many functions stand between the other call and them, more than between the asker's call and them. */
  readonly deeper: number;
  /** The innermost of them made both calls from one line. */
  readonly sameLine: boolean;
  readonly depth: number;
  readonly exact: number;
}

/** Stacks that are cut at their outer end have at least so many frames: `kept` in the hook's inherit.cjs. */
const CUT = 4;

/**
 * The functions that led to the asker's call, found in what led to the other one: null where they are not there, so that
 * they have returned. Stacks are cut at their outer end.
 */
function sharedCallers(asker: readonly SiteFrame[], other: readonly SiteFrame[]): Shared | null {
  const own = asker.length > 1 ? 1 : 0;
  const callers = asker.slice(own);
  for (let from = 0; from < other.length; from++) {
    const rest = other.slice(from, from + callers.length);
    const isThere = rest.every((frame, i) => isSameFunction(frame, callers[i]!));
    if (!isThere || (rest.length < callers.length && other.length < CUT)) continue;
    const exact = rest.filter((frame, i) => frame.line === callers[i]!.line).length;
    return { deeper: from - own, sameLine: rest[0]!.line === callers[0]!.line, depth: rest.length, exact };
  }
  return null;
}

function isSameFunction(a: SiteFrame, b: SiteFrame): boolean {
  return a.file === b.file && a.function === b.function;
}

const sites = new WeakMap<Draft, CallSite | null>();

function siteOf(draft: Draft): CallSite | undefined {
  let site = sites.get(draft);
  if (site === undefined) {
    site = (draft.site === undefined ? undefined : parseCallSite(draft.site)) ?? null;
    sites.set(draft, site);
  }
  return site ?? undefined;
}

/** Shorter texts stand anywhere by chance. */
const TELLING = 4;

function argumentTexts({ answer }: Draft): readonly string[] {
  return answer.call.output.parts.flatMap(part =>
    part.type === 'tool_call' ? textsIn(part.call.arguments).filter(text => text.length >= TELLING) : [],
  );
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function textOf({ messages }: Call): string {
  return messages
    .flatMap(({ role, parts }) => (role === 'system' ? [] : parts))
    .map(part => (part.type === 'text' ? part.text : ''))
    .join('\n');
}
