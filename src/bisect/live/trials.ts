import type { CallStep, Timeline } from '../../timeline/timeline.ts';
import { type Answer, answerBody, type WireRequest } from '../../wire/exchange.ts';
import type { Examined } from '../bisect.ts';
import { CAUSES } from '../catalogue.ts';
import { rewriteFor } from '../put-right.ts';
import type { NamedCause } from '../report.ts';
import type { Arm } from './arm.ts';

/** Two requests whose answers are compared: the cause's good value in one, its bad value in the other. */
export interface ValueTrial {
  readonly kind: 'values';
  readonly cause: NamedCause;
  readonly good: Arm;
  readonly bad: Arm;
}

/** One request, which both runs sent, and which was answered otherwise in each. */
export interface SameTrial {
  readonly kind: 'same';
  readonly cause: NamedCause;
  readonly arm: Arm;
  readonly stored: { readonly good: CallStep; readonly bad: CallStep };
}

export type Trial = ValueTrial | SameTrial;

/** Makes the arm of a recorded call, with credentials in it and an idea of what it costs. */
export type ArmOf = (
  timeline: Timeline,
  step: CallStep,
  rewrite?: (request: WireRequest) => WireRequest,
) => Arm;

/** Causes of which asking again says nothing: the answer never came. */
const NO_ANSWER: ReadonlySet<string> = new Set([
  'rate_limited',
  'overloaded',
  'timeout_or_disconnect',
  'provider_error_unrecovered',
  'stream_cut',
  'retry_side_effect',
]);

/** What can be asked of the provider; empty where only running the agent can tell. At the call where the runs part. */
export function trialsOf({ runs, report, places, parting }: Examined, armOf: ArmOf): readonly Trial[] {
  const [good, bad] = [parting?.good, parting?.bad];
  if (!good || !bad) return [];
  const kinds = new Map(CAUSES.map(cause => [cause.id, cause]));
  const asked = report.causes.filter(({ id }) => kinds.get(id)?.inRequest !== undefined);
  const strong = asked.filter(({ id }) => kinds.get(id)?.weight === 'strong');
  const values = strong.length > 0 ? strong : asked;
  if (values.length === 0) return sameTrials(report.causes, runs, { good, bad }, armOf);
  const arm = armOf(runs.good, good);
  // Nothing else differs: the bad run's own request holds the bad value and no other.
  const [only] = values;
  if (values.length === 1 && only!.status !== 'SUGGESTED')
    return [{ kind: 'values', cause: only!, good: arm, bad: armOf(runs.bad, bad) }];
  return values.flatMap((cause): readonly Trial[] => {
    const donor = places[report.causes.indexOf(cause)]?.bad;
    const rewrite =
      donor &&
      rewriteFor(
        cause,
        cause.evidence.good,
        cause.evidence.bad,
        runs.bad.session.exchange(donor.seq).request,
      );
    return rewrite ? [{ kind: 'values', cause, good: arm, bad: armOf(runs.good, good, rewrite) }] : [];
  });
}

function sameTrials(
  causes: readonly NamedCause[],
  runs: Examined['runs'],
  stored: SameTrial['stored'],
  armOf: ArmOf,
): readonly Trial[] {
  const [first] = causes;
  const answered = first && CAUSES.find(({ id }) => id === first.id)?.inAnswer !== undefined;
  if (!first || !answered || NO_ANSWER.has(first.id)) return [];
  const { good, bad } = stored;
  const [was, is] = [first.evidence.good, first.evidence.bad];
  if (first.id === 'model_alias_rollover' && was !== null && is !== null) {
    const pin = (to: string) => (request: WireRequest) => pinned(request, good.call.requestModel, to);
    return [
      {
        kind: 'values',
        cause: first,
        good: armOf(runs.good, good, pin(was)),
        bad: armOf(runs.bad, bad, pin(is)),
      },
    ];
  }
  return [{ kind: 'same', cause: first, arm: armOf(runs.good, good), stored }];
}

/** The request with a snapshot in the place of the alias. */
function pinned(request: WireRequest, alias: string | null, snapshot: string): WireRequest {
  const donor = { ...request, body: Buffer.from(JSON.stringify({ model: snapshot })) };
  return (
    rewriteFor({ id: 'model_version_changed', field: 'model' }, alias, snapshot, donor)?.(request) ?? request
  );
}

export const bytesOf = (answer: Answer): number => answerBody(answer).length;
