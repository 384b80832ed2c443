import { Budget, estimatedUsd } from '../providers/budget.ts';
import { costOf, type PriceTable } from '../providers/prices.ts';
import { readCall } from '../providers/read-call.ts';
import type { Ask, Reply, Responder } from '../tape/responder.ts';
import type { RunTool, ToolAsk, ToolOutcome } from '../tape/tool.ts';
import type { AnswerHead, Exchange } from '../wire/exchange.ts';
import type { Fault, FaultReport } from './fault.ts';
import type { Mutant } from './mutant.ts';

/** Who is asked behind a fault where the tape has no answer. */
export interface Live {
  readonly upstream: Responder;
  readonly prices: PriceTable;
  readonly budget: Budget;
}

export const liveUpTo = (upstream: Responder, prices: PriceTable, maxUsd: number): Live => ({
  upstream,
  prices,
  budget: new Budget(maxUsd),
});

/** Bytes that an answer is taken to have before it is there. */
const USUAL_ANSWER = 8_000;

/**
 * A fault whose consequences the real model decides: what the tape cannot answer behind it, and what a model makes of a
 * broken tool result, is asked of the provider, as long as the money lasts. From the first such answer on, the whole run is live.
 */
export class LiveFault implements Responder {
  readonly #fault: Fault;
  readonly #mutant: Mutant;
  readonly #live: Live;
  #asked = 0;
  #refused = false;

  constructor(fault: Fault, mutant: Mutant, live: Live) {
    this.#fault = fault;
    this.#mutant = mutant;
    this.#live = live;
  }

  /** Answers that the provider gave. */
  get asked(): number {
    return this.#asked;
  }

  /** Whether the money did not last. */
  get refused(): boolean {
    return this.#refused;
  }

  report(): FaultReport {
    const report = this.#fault.report();
    if (this.#asked === 0 || this.#refused) return report;
    return { ...report, missed: report.missedTool, continuation: null };
  }

  async respond(ask: Ask, reply: Reply): Promise<void> {
    if (this.#asked > 0 && !this.#refused) return this.#ask(ask, reply);
    const held = new Held(reply, label => this.#isForLive(label));
    await this.#fault.respond(ask, held);
    if (!held.kept) return;
    await this.#ask(ask, reply);
  }

  tool(ask: ToolAsk, run: RunTool): Promise<ToolOutcome> {
    return this.#fault.tool(ask, run);
  }

  #isForLive(label: string): boolean {
    if (this.#fault.report().delivered === 0 || this.#refused) return false;
    return label === 'MISS' || (label === 'CARRIED' && this.#mutant.family === 'tool-output');
  }

  async #ask(ask: Ask, reply: Reply): Promise<void> {
    const { upstream, prices, budget } = this.#live;
    const call = readCall({ seq: ask.seq, at: 0, request: ask.request, answer: NO_ANSWER });
    const estimate = call ? estimatedUsd(call, ask.request.body.length, USUAL_ANSWER, prices) : 0;
    if (!budget.take(estimate)) {
      this.#refused = true;
      reply.label('MISS', 'the money of --max-usd is spent');
      return reply.fail('close', 'the money of --max-usd is spent');
    }
    this.#asked++;
    reply.label('LIVE');
    const heard = new Heard(reply);
    try {
      await upstream.respond(ask, heard);
    } finally {
      const answered = readCall(heard.exchange(ask));
      budget.settle(estimate, (answered && costOf(answered, prices, Date.now())) ?? estimate);
    }
  }
}

const NO_ANSWER = { chunks: [], end: { kind: 'unfinished' } } as const;

/** Passes an answer on, unless its label says that another one is to be given. */
class Held implements Reply {
  kept = false;
  readonly #reply: Reply;
  readonly #keeps: (label: string) => boolean;

  constructor(reply: Reply, keeps: (label: string) => boolean) {
    this.#reply = reply;
    this.#keeps = keeps;
  }

  label(...said: Parameters<Reply['label']>): void {
    this.kept = this.#keeps(said[0]);
    if (!this.kept) this.#reply.label(...said);
  }

  head(head: AnswerHead): void {
    if (!this.kept) this.#reply.head(head);
  }

  chunk(bytes: Uint8Array): void | Promise<void> {
    return this.kept ? undefined : this.#reply.chunk(bytes);
  }

  end(...trailers: Parameters<Reply['end']>): void {
    if (!this.kept) this.#reply.end(...trailers);
  }

  fail(...how: Parameters<Reply['fail']>): void {
    if (!this.kept) this.#reply.fail(...how);
  }
}

/** Passes an answer on, and remembers it: what it cost stands in it. */
class Heard implements Reply {
  readonly #reply: Reply;
  readonly #chunks: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  #head: AnswerHead | undefined;

  constructor(reply: Reply) {
    this.#reply = reply;
  }

  exchange({ seq, request }: Ask): Exchange {
    const end = { kind: 'complete', at: 0, trailers: [] } as const;
    const head = this.#head ? { head: this.#head, headAt: 0 } : {};
    return { seq, at: 0, request, answer: { ...head, chunks: this.#chunks, end } };
  }

  label(...said: Parameters<Reply['label']>): void {
    this.#reply.label(...said);
  }

  head(head: AnswerHead): void {
    this.#head = head;
    this.#reply.head(head);
  }

  chunk(bytes: Uint8Array): void | Promise<void> {
    this.#chunks.push({ at: 0, bytes });
    return this.#reply.chunk(bytes);
  }

  end(...trailers: Parameters<Reply['end']>): void {
    this.#reply.end(...trailers);
  }

  fail(...how: Parameters<Reply['fail']>): void {
    this.#reply.fail(...how);
  }
}
