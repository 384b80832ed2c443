import { wholeExchanges } from '../sessions/reader.ts';
import type { SessionReader } from '../sessions/session.ts';
import type { WireRequest } from '../wire/exchange.ts';
import { MatchKeyer } from './match-key.ts';
import { type MatchRules, NO_RULES } from './rules.ts';

export interface PointOptions {
  readonly rules?: MatchRules | undefined;
  /** What the recorder does to a request before it is stored. */
  readonly redact?: ((request: WireRequest) => WireRequest) | undefined;
}

/** A recorded request, found again in another run: the same match key, after as many of its like as in the recording. */
export class CallPoint {
  readonly #keyer: MatchKeyer;
  readonly #key: string;
  readonly #redact: (request: WireRequest) => WireRequest;
  #before = 0;

  /** `request`: as it is asked now, where that is not as it was recorded. */
  constructor(
    session: SessionReader,
    seq: number,
    { rules = NO_RULES, redact = same => same }: PointOptions,
    request = session.exchange(seq).request,
  ) {
    this.#redact = redact;
    this.#keyer = new MatchKeyer(rules, session.start.extraHosts);
    this.#key = this.#keyer.fingerprint(request).key;
    for (const earlier of wholeExchanges(session)) {
      if (earlier.seq >= seq) break;
      if (this.#keyer.fingerprint(earlier.request).key === this.#key) this.#before++;
    }
  }

  /** Whether this request is the one; to be asked of every request, in order, until it was. */
  isAt(request: WireRequest): boolean {
    return this.#keyer.fingerprint(this.#redact(request)).key === this.#key && this.#before-- === 0;
  }
}
