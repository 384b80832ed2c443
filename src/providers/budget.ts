import { RewindError } from '../errors.ts';
import type { Call } from './call.ts';
import { costOf, type PriceTable } from './prices.ts';

/** Bytes of JSON that one token takes at least: a request is rather taken for dearer than it is. */
const BYTES_A_TOKEN = 3;

/** What one more answer to a recorded call will cost, in US dollars. Throws RewindError `no-price`. */
export function estimatedUsd(
  call: Call,
  requestBytes: number,
  answerBytes: number,
  prices: PriceTable,
): number {
  const guessed = {
    input: Math.ceil(requestBytes / BYTES_A_TOKEN),
    output: Math.ceil(answerBytes / BYTES_A_TOKEN),
    cachedInput: 0,
    cacheWrite: 0,
    reasoning: 0,
  };
  // What was cached then need not be now, and a call that failed cost nothing then.
  const usage = call.usage ? { ...call.usage, cachedInput: 0, cacheWrite: 0 } : guessed;
  const usd = costOf({ ...call, usage, error: null }, prices, Date.now());
  if (usd !== null) return usd;
  throw new RewindError(
    'no-price',
    `What ${call.requestModel ?? 'the model'} costs is not known, so --max-usd cannot be kept`,
    'Give its price in rewind.config.json: {"prices": {"' +
      `${call.requestModel ?? 'model'}": {"input": 0.5, "output": 1.5}}}, US dollars per million tokens.`,
  );
}

/** Money spent, and money on its way: no answer is asked for that might go beyond the limit. */
export class Budget {
  readonly #most: number;
  #spent = 0;
  #onItsWay = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get spent(): number {
    return this.#spent;
  }

  take(estimate: number): boolean {
    if (this.#spent + this.#onItsWay + estimate > this.#most) return false;
    this.#onItsWay += estimate;
    return true;
  }

  settle(estimate: number, actual: number): void {
    this.#onItsWay -= estimate;
    this.#spent += actual;
  }
}
