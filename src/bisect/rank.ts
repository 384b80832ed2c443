import { CAUSES } from './catalogue.ts';
import { type Finding, type Status, WEIGHTS, weightOf } from './cause.ts';
import { provoked } from './error-findings.ts';
import type { Found, Scan } from './scan.ts';

/** All findings of one cause, the first first, and what they amount to. */
export interface Ranked {
  readonly found: readonly [Found, ...Found[]];
  readonly status: Status;
  readonly facts: readonly string[];
}

const PRECEDENCE: ReadonlyMap<string, number> = new Map(CAUSES.map(({ id }, i) => [id, i]));
/** What the runs' surroundings say; it counts where nothing in the traffic explains why the agent moved. */
const SURROUNDINGS: ReadonlySet<string> = new Set(['env_or_locale_change', 'concurrency_limit']);

/** What agents put into prompts, and the prompts that they put together. */
const LOOKED_UP: ReadonlySet<string> = new Set([
  'retrieved_context_drift',
  'upstream_tool_output_drifted',
  'tool_error_or_timeout',
]);
const PUT_TOGETHER: ReadonlySet<string> = new Set([
  'system_prompt_drift',
  'user_input_changed',
  'prompt_template_drift',
]);

/** What the model made of what it was asked, and the agent of the answers: behind a request that differs. */
const MADE_LATER: ReadonlySet<string> = new Set([
  'output_truncated',
  'refusal_or_filter',
  'malformed_model_output',
  'budget_change',
  'control_flow_change',
]);
/** What went wrong in the model's own words: that, but not why. */
const BY_THE_MODEL: ReadonlySet<string> = new Set([
  'output_truncated',
  'refusal_or_filter',
  'malformed_model_output',
]);
/** What explains an answer where nothing else does for certain. */
const CHANCE: ReadonlySet<string> = new Set(['model_nondeterminism_sampled', 'model_nondeterminism_greedy']);

/** The causes that a scan's findings amount to, the likeliest first. */
export function rank(scan: Scan): readonly Ranked[] {
  const all = byCause(withoutDerived(scan));
  // What says little by itself is told beside what is found, and is a cause only where nothing is.
  const open = all.filter(found => found.some(({ finding }) => !finding.faint));
  const groups = open.length > 0 ? open : all;
  const aside = all.filter(found => !groups.includes(found)).flatMap(found => found.map(asAFact));
  const of = (...weights: readonly string[]): typeof groups =>
    groups.filter(found => weights.includes(weightOf(found)));
  const effects = provokedIn(groups);
  const moot = groups.filter(found => found.every(one => scan.moot.includes(one)));
  const telling = (found: Ranked['found']): boolean => !effects.includes(found) && !moot.includes(found);
  const grave = of('fault', 'strong').filter(telling);
  const weak = of('weak').filter(telling);
  const noise = of('noise');
  const certain = grave.length > 0 || weak.some(([{ cause }]) => cause.cap === 'ISOLATED');
  const onlyWords = grave.length > 0 && grave.every(([{ cause }]) => BY_THE_MODEL.has(cause.id));
  const none = !certain && weak.length === 0;
  const chance =
    none || (onlyWords && weak.length === 0)
      ? noise
      : // The model had other words for the same request before anything else differed: it may have parted them, too.
        certain && !scan.noisy && !onlyWords
        ? []
        : noise.filter(([{ cause }]) => CHANCE.has(cause.id));
  const asked = grave.some(([{ cause }]) => cause.inRequest !== undefined);
  const order = (found: (typeof groups)[number]): number => {
    const own = WEIGHTS.indexOf(weightOf(found));
    if (effects.includes(found)) return WEIGHTS.indexOf('strong') + 0.6;
    if (moot.includes(found)) return own + 0.7;
    if (asked && MADE_LATER.has(found[0].cause.id)) return WEIGHTS.indexOf('strong') + 0.5;
    return SURROUNDINGS.has(found[0].cause.id) && weightOf(found) === 'strong' ? own - 0.5 : own;
  };
  return [...grave, ...effects, ...moot, ...weak, ...chance]
    .toSorted((x, y) => order(x) - order(y) || placeOf(x) - placeOf(y))
    .map((found, i) => {
      const { status, facts } = effects.includes(found)
        ? PROVOKED
        : moot.includes(found)
          ? MOOT
          : statusOf(found, grave.length, weak.length, scan.noisy);
      return { found, status, facts: i === 0 ? [...facts, ...aside] : facts };
    });
}

/** Requests that a provider refuses were spoilt by what changed in them: the failure stands behind that. */
function provokedIn(groups: readonly Ranked['found'][]): readonly Ranked['found'][] {
  const asked = groups.flatMap(found =>
    weightOf(found) === 'strong' && found[0].cause.inRequest !== undefined ? [found[0].cause.id] : [],
  );
  return groups.filter(
    ([{ cause, place }]) => cause.id === 'provider_error_unrecovered' && provoked(place, asked),
  );
}

const PROVOKED: Pick<Ranked, 'status' | 'facts'> = {
  status: 'SUGGESTED',
  facts: ['What changed in the request may itself have provoked it.'],
};

const MOOT: Pick<Ranked, 'status' | 'facts'> = {
  status: 'SUGGESTED',
  facts: [
    'Where the agents part both sent the very same request: this is not what was answered otherwise there.',
  ],
};

const asAFact = ({ finding: { detail } }: Found): string => `Besides: ${detail}`;

function statusOf(
  found: readonly [Found, ...Found[]],
  grave: number,
  weak: number,
  noisy: boolean,
): Pick<Ranked, 'status' | 'facts'> {
  const [{ cause }] = found;
  const weight = weightOf(found);
  if (weight === 'noise') return { status: cause.cap, facts: [] };
  if (weight === 'weak' && grave > 0)
    return { status: cause.cap === 'INCONCLUSIVE' ? cause.cap : 'SUGGESTED', facts: [] };
  const sharing = weight === 'weak' ? weak : grave;
  if (sharing > 1) return { status: 'JOINT', facts: [] };
  if (noisy && cause.cap === 'ISOLATED' && weight !== 'fault') {
    return {
      status: 'SUGGESTED',
      facts: [
        'Earlier answers differed too, for the same request: putting this value right does not make the requests equal.',
      ],
    };
  }
  return { status: cause.cap, facts: [] };
}

/** A difference that follows from another one goes; its parent stays. */
function withoutDerived({ found }: Scan): readonly Found[] {
  const ids = new Set(found.map(({ cause }) => cause.id));
  const asked = found.flatMap(one =>
    weightOf([one]) === 'strong' && one.cause.inRequest !== undefined ? [one.cause.id] : [],
  );
  const fromTraffic = found.some(
    one =>
      ['strong', 'fault'].includes(weightOf([one])) &&
      one.cause.inGap === undefined &&
      one.cause.inRuns === undefined,
  );
  const lookedUp = found.filter(({ cause }) => LOOKED_UP.has(cause.id));
  return found.filter(({ cause, finding, step }) => {
    // What was looked up, put into a prompt.
    if (PUT_TOGETHER.has(cause.id))
      return !follows(
        finding,
        lookedUp.filter(one => one.step < step).map(one => one.finding),
      );
    // A lower limit cuts the answer.
    if (cause.id === 'output_truncated') return !ids.has('output_limit_changed');
    // Asked something else, a tool of the provider's own answers otherwise.
    if (cause.id === 'server_tool_drift') return asked.length === 0;
    if (SURROUNDINGS.has(cause.id)) return !fromTraffic;
    // Stopped at a limit, or the same code by chance: both say more than "another way".
    if (cause.id === 'control_flow_change')
      return !ids.has('agent_nondeterminism') && !(ids.has('budget_change') && finding.field === 'run.calls');
    return true;
  });
}

/** Whether all lines in which two texts differ stand in these texts of the same runs. */
function follows({ good, bad }: Finding, from: readonly Finding[]): boolean {
  if (good === null || bad === null) return false;
  const stand = (text: string, other: string, side: 'good' | 'bad'): boolean => {
    const known = new Set(other.split('\n'));
    const own = text.split('\n').filter(line => line.trim() !== '' && !known.has(line));
    return own.length > 0 && own.every(line => from.some(one => one[side]?.includes(line.trim())));
  };
  return stand(good, bad, 'good') && stand(bad, good, 'bad');
}

function byCause(found: readonly Found[]): readonly (readonly [Found, ...Found[]])[] {
  const groups = new Map<string, [Found, ...Found[]]>();
  for (const one of found) {
    const group = groups.get(one.cause.id);
    if (group) group.push(one);
    else groups.set(one.cause.id, [one]);
  }
  // What weighs most speaks for its cause.
  const weight = (one: Found): number => WEIGHTS.indexOf(weightOf([one]));
  return [...groups.values()].map(
    group => group.toSorted((one, two) => weight(one) - weight(two)) as [Found, ...Found[]],
  );
}

const placeOf = ([{ cause, finding }]: readonly [Found, ...Found[]]): number =>
  PRECEDENCE.get(cause.id)! + (finding.faint ? CAUSES.length : 0);
