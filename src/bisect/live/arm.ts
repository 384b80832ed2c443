import { setTimeout as sleep } from 'node:timers/promises';
import { RewindError } from '../../errors.ts';
import type { Budget } from '../../providers/budget.ts';
import type { Call } from '../../providers/call.ts';
import { costOf, type PriceTable } from '../../providers/prices.ts';
import { readCall } from '../../providers/read-call.ts';
import type { Responder } from '../../tape/responder.ts';
import type { WireRequest } from '../../wire/exchange.ts';
import { askOnce } from './ask.ts';

/** One request that is asked again and again, and what came of it. */
export class Arm {
  readonly request: WireRequest;
  readonly estimate: number;
  readonly answers: Call[] = [];
  /** Why answers are missing. */
  readonly failures: string[] = [];

  constructor(request: WireRequest, estimate: number) {
    this.request = request;
    this.estimate = estimate;
  }
}

export interface Asking {
  readonly provider: Responder;
  readonly times: number;
  readonly prices: PriceTable;
  readonly budget: Budget;
  readonly extraHosts: readonly string[];
  readonly signal: AbortSignal;
  readonly onAnswer: (answered: number, of: number, usd: number) => void;
}

/** Requests in flight at once. */
const AT_ONCE = 4;
/** Milliseconds before a request that met a busy provider is sent again. */
const WAITS = [500, 2_000, 5_000];

/**
 * Asks every arm `times` times, the arms taking turns, so that a change of the provider's in between befalls all alike.
 * Gives whether the budget ended it early. Throws RewindError `live-refused` where the credentials are no good.
 */
export async function askAll(arms: readonly Arm[], asking: Asking): Promise<boolean> {
  const stop = new AbortController();
  const signal = AbortSignal.any([asking.signal, stop.signal]);
  const turns = Array.from({ length: asking.times }, () => arms).flat();
  const of = turns.length;
  let done = 0;
  let capped = false;
  const worker = async (): Promise<void> => {
    for (let arm = turns.shift(); arm && !signal.aborted; arm = turns.shift()) {
      if (!asking.budget.take(arm.estimate)) {
        capped = true;
        return;
      }
      const usd = await answerOf(arm, asking, signal);
      asking.budget.settle(arm.estimate, usd);
      asking.onAnswer(++done, of, asking.budget.spent);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  } finally {
    stop.abort();
  }
  asking.signal.throwIfAborted();
  return capped;
}

/** One more answer; gives what it cost. */
async function answerOf(
  arm: Arm,
  { provider, prices, extraHosts }: Asking,
  signal: AbortSignal,
): Promise<number> {
  for (let attempt = 0; ; attempt++) {
    const exchange = await askOnce(provider, arm.request, signal);
    const call = readCall(exchange, extraHosts);
    const status = exchange.answer.head?.status ?? 0;
    if (status === 401 || status === 403) {
      throw new RewindError(
        'live-refused',
        `The provider refused the credentials: ${status} ${call?.error?.message ?? ''}`.trimEnd(),
        'Check the key in the environment, or add --verify to send what the agent itself sends.',
      );
    }
    const whole = exchange.answer.end.kind === 'complete' && status === 200;
    if (call && !call.error && whole) {
      arm.answers.push(call);
      return costOf(call, prices, Date.now()) ?? arm.estimate;
    }
    const wait = WAITS[attempt];
    if ((status === 429 || status >= 500 || status === 0) && wait !== undefined && !signal.aborted) {
      await sleep(wait, undefined, { signal }).catch(() => undefined);
      continue;
    }
    arm.failures.push(call?.error ? `${call.error.status} ${call.error.message}` : `status ${status}`);
    return 0;
  }
}
