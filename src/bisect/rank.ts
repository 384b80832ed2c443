import { CAUSES } from './catalogue.ts';
import type { Cause, Status } from './cause.ts';
import { provoked } from './error-findings.ts';
import type { Found, Scan } from './scan.ts';

/** All findings of one cause, the first first, and what they amount to. */
export interface Ranked {
  readonly found: readonly [Found, ...Found[]];
  readonly status: Status;
  readonly facts: readonly string[];
}

const PRECEDENCE: ReadonlyMap<string, number> = new Map(CAUSES.map(({ id }, i) => [id, i]));
const WEIGHTS = ['fault', 'strong', 'weak', 'noise'];
/** What the runs' surroundings say; it counts where nothing in the traffic explains why the agent moved. */
const SURROUNDINGS: ReadonlySet<string> = new Set(['env_or_locale_change', 'concurrency_limit']);

/** The causes that a scan's findings amount to, the likeliest first. */
export function rank(scan: Scan): readonly Ranked[] {
  const groups = byCause(withoutDerived(scan));
  const of = (...weights: readonly string[]): typeof groups =>
    groups.filter(found => weights.includes(weight(found)));
  const grave = of('fault', 'strong');
  const weak = of('weak');
  const kept = grave.length + weak.length > 0 ? [...grave, ...weak] : of('noise');
  return kept
    .toSorted((x, y) => WEIGHTS.indexOf(weight(x)) - WEIGHTS.indexOf(weight(y)) || placeOf(x) - placeOf(y))
    .map(found => ({ found, ...statusOf(found, grave.length, weak.length, scan.noisy) }));
}

function statusOf(
  [{ cause }]: readonly [Found, ...Found[]],
  grave: number,
  weak: number,
  noisy: boolean,
): Pick<Ranked, 'status' | 'facts'> {
  if (cause.weight === 'noise') return { status: cause.cap, facts: [] };
  if (cause.weight === 'weak' && grave > 0)
    return { status: cause.cap === 'INCONCLUSIVE' ? cause.cap : 'SUGGESTED', facts: [] };
  const sharing = cause.weight === 'weak' ? weak : grave;
  if (sharing > 1) return { status: 'JOINT', facts: [] };
  if (noisy && cause.cap === 'ISOLATED' && cause.weight !== 'fault') {
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
  const asked = found.some(({ cause }) => cause.weight === 'strong' && cause.inRequest !== undefined);
  const fromTraffic = found.some(
    ({ cause }) =>
      (cause.weight === 'strong' || cause.weight === 'fault') &&
      cause.inGap === undefined &&
      cause.inRuns === undefined,
  );
  return found.filter(({ cause, finding, place }) => {
    // A lower limit cuts the answer.
    if (cause.id === 'output_truncated') return !ids.has('output_limit_changed');
    // A request that the provider refuses was spoilt by what changed in it.
    if (cause.id === 'provider_error_unrecovered') return !(asked && provoked(place));
    // Asked something else, a tool of the provider's own answers otherwise.
    if (cause.id === 'server_tool_drift') return !asked;
    if (SURROUNDINGS.has(cause.id)) return !fromTraffic;
    // Stopped at a limit, or the same code by chance: both say more than "another way".
    if (cause.id === 'control_flow_change')
      return !ids.has('agent_nondeterminism') && !(ids.has('budget_change') && finding.field === 'run.calls');
    return true;
  });
}

function byCause(found: readonly Found[]): readonly (readonly [Found, ...Found[]])[] {
  const groups = new Map<string, [Found, ...Found[]]>();
  for (const one of found) {
    const group = groups.get(one.cause.id);
    if (group) group.push(one);
    else groups.set(one.cause.id, [one]);
  }
  return [...groups.values()];
}

/** A cause that only faint findings speak for is as good as none. */
function weight(found: readonly [Found, ...Found[]]): Cause['weight'] {
  return found.every(({ finding }) => finding.faint) ? 'noise' : found[0].cause.weight;
}

const placeOf = ([{ cause, finding }]: readonly [Found, ...Found[]]): number =>
  PRECEDENCE.get(cause.id)! + (finding.faint ? CAUSES.length : 0);
