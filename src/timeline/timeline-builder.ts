import type { Call } from '../providers/call.ts';
import { costOf, PRICES, type PriceTable } from '../providers/prices.ts';
import { readCall } from '../providers/read-call.ts';
import type { SessionReader, ToolRun } from '../sessions/session.ts';
import { MatchKeyer } from '../tape/match-key.ts';
import type { Exchange } from '../wire/exchange.ts';
import { assemble } from './assemble.ts';
import { CallReader } from './call-reader.ts';
import { addAttempt, type Draft, draftOf, isCountedRetry, isRetryOf } from './draft.ts';
import { LaneBook } from './lanes.ts';
import { mcpRunOf } from './mcp-run.ts';
import { RepeatedMessages } from './repeated-messages.ts';
import { RequestNumbering } from './request-numbers.ts';
import type { Timeline, TimelineOptions } from './timeline.ts';

/** Makes a timeline exchange by exchange: for a session that is still being recorded, or too long to read at once. */
export class TimelineBuilder {
  readonly #session: SessionReader;
  readonly #prices: PriceTable;
  readonly #keyer: MatchKeyer;
  readonly #reader: Pick<CallReader, 'read'>;
  readonly #numbering = new RequestNumbering();
  readonly #lanes = new LaneBook();
  readonly #repeated = new RepeatedMessages();
  readonly #drafts: Draft[] = [];
  readonly #others: number[] = [];
  readonly #mcpRuns: ToolRun[] = [];
  /** The latest call of each match key: what a retry repeats. */
  readonly #latest = new Map<string, Draft>();

  /** `reader`: where steps get their calls from when they are looked at. */
  constructor(
    session: SessionReader,
    { prices = PRICES }: TimelineOptions = {},
    reader: Pick<CallReader, 'read'> = new CallReader(session),
  ) {
    this.#session = session;
    this.#prices = prices;
    this.#keyer = new MatchKeyer(undefined, session.start.extraHosts);
    this.#reader = reader;
  }

  /** The next exchange of the session, in the order of `seq`; gives the call that it is, if it is one. */
  take(exchange: Exchange): Call | null {
    const { start } = this.#session;
    const call = readCall(exchange, start.extraHosts);
    if (!call) {
      this.#others.push(exchange.seq);
      const run = mcpRunOf(exchange);
      if (run) this.#mcpRuns.push(run);
      return null;
    }
    const print = this.#keyer.fingerprint(exchange.request);
    const costUsd = costOf(call, this.#prices, start.startedAt + exchange.at);
    const sent = this.#numbering.of(call);
    const draft = draftOf(exchange, call, print, costUsd, sent);
    const before = this.#latest.get(print.key);
    if (before && this.#isAttempt(exchange, draft, call, before)) {
      addAttempt(before, exchange, call, costUsd, sent);
      this.#lanes.answered(before);
      // Attempts may differ in what their key leaves out: what is repeated of them is not known unread.
      before.repeated = null;
      this.#repeated.of(before.lane, exchange.seq, call);
      return call;
    }
    this.#lanes.place(draft, call);
    draft.repeated = this.#repeated.of(draft.lane, exchange.seq, call);
    this.#latest.set(print.key, draft);
    this.#drafts.push(draft);
    return call;
  }

  #isAttempt(exchange: Exchange, draft: Draft, call: Call, before: Draft): boolean {
    if (!isRetryOf(exchange, before)) return false;
    return isCountedRetry(exchange) || !this.#lanes.isBegunAnew(draft, call, before);
  }

  /** What was taken so far. */
  timeline(): Timeline {
    return assemble(
      this.#session,
      this.#drafts,
      this.#lanes.lanes,
      { others: this.#others, runs: [...this.#session.tools, ...this.#mcpRuns] },
      this.#reader,
    );
  }
}
