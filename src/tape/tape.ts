import { hash } from 'node:crypto';
import { wholeExchanges } from '../sessions/reader.ts';
import type { SessionReader } from '../sessions/session.ts';
import type { Answer, AnswerLabel, Exchange, WireRequest } from '../wire/exchange.ts';
import { inAcceptedCoding, isCompressed } from './accepted-coding.ts';
import { type Fingerprint, MatchKeyer } from './match-key.ts';
import { describeMiss, type Miss, type MissReason } from './miss.ts';
import { missAnswer } from './miss-answer.ts';
import { nearestSlot } from './nearest.ts';
import { playAnswer, type Speed } from './play-answer.ts';
import { type Outcome, reportOf, type TapeReport } from './report.ts';
import type { Ask, Reply, Responder } from './responder.ts';
import { type MatchRules, NO_RULES } from './rules.ts';
import { type Slot, SlotQueue, siteKey } from './slots.ts';
import type { RunTool, ToolAsk, ToolOutcome, ToolReplay } from './tool.ts';
import { type ToolMiss, ToolTape } from './tool-tape.ts';

export interface TapeOptions {
  /** The last recorded `seq` that the tape answers, inclusive: a fork goes its own way behind it. */
  readonly until?: number;
  /** Answers to give in place of the recorded ones, by `seq`. */
  readonly edits?: ReadonlyMap<number, Answer>;
  readonly rules?: MatchRules;
  /** `loose` adds the nearest unused request of the same endpoint as the last rung; for stepping by hand. */
  readonly match?: 'strict' | 'loose';
  readonly speed?: Speed;
  /** 599 unless given; 422 for clients that retry every 5xx. */
  readonly missStatus?: 599 | 422;
  /** Takes over at the first miss and keeps everything from then on; closed with the tape. */
  readonly live?: Responder;
  /** Asked at a miss, before `live` takes over; yes unless given. */
  readonly mayGoLive?: () => boolean;
  /** Called once a miss, before its answer is sent: to stop the agent at the first one. */
  readonly onMiss?: (miss: Miss) => void;
  /** Gives the request as it would be without what an experiment put into it; null where nothing was put in. */
  readonly undo?: (request: WireRequest) => WireRequest | null;
  /** What the recorder does to a request before it is stored, so that a redacted prompt finds itself again. */
  readonly redact?: (request: WireRequest) => WireRequest;
  /** Whether tools that helpers tell of run again or are answered from here; each tool's own wish without it. */
  readonly tools?: ToolReplay;
  /** What the recorder does to a tool's arguments before they are stored. */
  readonly redactTool?: (value: unknown) => unknown;
  /** As `onMiss`. */
  readonly onToolMiss?: (miss: ToolMiss) => void;
}

/** What the ladder decided for one request. */
export type Choice =
  | { readonly label: Exclude<AnswerLabel, 'MISS' | 'LIVE' | 'FAULT'>; readonly slot: Slot }
  | { readonly label: 'LIVE' }
  | { readonly label: 'MISS'; readonly miss: Miss };

/** Of the event loop's time. */
const SLICE_MS = 4;

type Found = Extract<Choice, { slot: Slot }>;

/**
 * A session's exchanges, ready to answer again. Choosing is synchronous and in the order of `respond` calls, so that
 * parallel requests cannot take each other's answers. One Tape serves one run.
 *
 * The ladder, every answer labelled: EXACT (or EDITED) and RETRY by match key, CARRIED, MEMO, LOOSE, LIVE, MISS;
 * docs/matching.md explains each.
 */
export class Tape implements Responder {
  readonly session: SessionReader;
  readonly #options: TapeOptions;
  readonly #keyer: MatchKeyer;
  readonly #readSlots: Slot[] = [];
  #unread: Iterator<Exchange, void> | undefined;
  readonly #queues = new Map<string, SlotQueue>();
  readonly #outcomes: Outcome[] = [];
  readonly #toolTape: ToolTape;
  #live = false;

  /**
   * Every exchange is read once to compute its key, damaged ones left out: from here on between other events, and what is left
   * at the first request. An agent takes longer to start than most sessions take to be read.
   */
  constructor(session: SessionReader, options: TapeOptions = {}) {
    this.session = session;
    this.#options = options;
    this.#keyer = new MatchKeyer(options.rules ?? NO_RULES, session.start.extraHosts);
    this.#unread = wholeExchanges(session);
    // A cassette's mistakes are to be told before an agent runs; a log has damaged exchanges at worst.
    if (session.answer) this.#readOn();
    else this.#read(Number.POSITIVE_INFINITY);
    this.#toolTape = new ToolTape(session.tools, this.#toolOptions());
  }

  get forwards(): boolean {
    return this.#options.live !== undefined;
  }

  async respond(ask: Ask, reply: Reply): Promise<void> {
    const choice = this.choose(ask);
    if (choice.label === 'MISS') return this.#playMiss(choice.miss, ask, reply);
    if (choice.label === 'LIVE') {
      reply.label('LIVE');
      return this.#options.live!.respond(ask, reply);
    }
    reply.label(choice.label, `recorded ${choice.slot.seq}`);
    const played = await playAnswer(
      this.answerOf(choice.slot, ask.request),
      ask,
      reply,
      this.#options.speed ?? 'instant',
    );
    if (played === 'left' && choice.slot.end !== 'client-gone') this.reopen(choice.slot.seq);
  }

  /** A tool's recorded result where one is wanted, else lets it run. */
  tool(ask: ToolAsk, run: RunTool): Promise<ToolOutcome> {
    return this.#toolTape.answer(ask, run);
  }

  /** Decides who answers, and takes the slot. For decorators that play the answer themselves; `respond` calls it. */
  choose(ask: Ask): Choice {
    this.#read(Number.POSITIVE_INFINITY);
    const choice = this.#climb(ask);
    this.#outcomes.push({
      ask: ask.seq,
      label: choice.label,
      ...('slot' in choice ? { recorded: choice.slot.seq } : {}),
      ...('miss' in choice ? { miss: choice.miss } : {}),
    });
    if (choice.label === 'MISS') this.#options.onMiss?.(choice.miss);
    return choice;
  }

  /** The answer of a slot as this request gets it: edited where it was, in a coding that the client accepts. */
  answerOf(slot: Slot, request: WireRequest): Answer {
    const answer = this.#options.edits?.get(slot.seq) ?? this.#answer(slot.seq);
    return isCompressed(answer)
      ? inAcceptedCoding(answer, this.session.exchange(slot.seq).request, request)
      : answer;
  }

  /** Says that a recorded answer did not reach the agent (cut, faulted): the next ask of its key is its retry. */
  reopen(seq: number): void {
    const slot = this.#slots.find(candidate => candidate.seq === seq);
    if (slot) this.#queue(slot.fingerprint.key).reopen(slot);
  }

  report(): TapeReport {
    const missed = new Set(this.#outcomes.map(outcome => outcome.miss?.fingerprint));
    const neverAsked = this.#slots.filter(
      slot =>
        slot.state === 'waiting' &&
        !slot.reopened &&
        this.#inReach(slot) &&
        // Asked for, in vain.
        !(slot.end === 'unfinished' && missed.has(slot.fingerprint.key)),
    );
    return reportOf(
      this.#outcomes,
      neverAsked.map(slot => slot.seq),
      this.#toolTape.report(),
    );
  }

  async close(): Promise<void> {
    await this.#options.live?.close?.();
  }

  /** All that is on the tape, in recorded order. */
  get #slots(): readonly Slot[] {
    this.#read(Number.POSITIVE_INFINITY);
    return this.#readSlots;
  }

  #readOn(): void {
    setImmediate(() => {
      this.#read(SLICE_MS);
      if (this.#unread) this.#readOn();
    });
  }

  /** Reads for so many milliseconds, or all. */
  #read(ms: number): void {
    if (!this.#unread) return;
    const until = performance.now() + ms;
    for (let next = this.#unread.next(); !next.done; next = this.#unread.next()) {
      this.#take(next.value);
      if (performance.now() > until) return;
    }
    this.#unread = undefined;
  }

  #take({ seq, request, answer, site, label }: Exchange): void {
    // A miss is our own answer, not a provider's: replaying a replay must not repeat it.
    if (label === 'MISS') return;
    const fingerprint = this.#keyer.fingerprint(request);
    const at = siteKey(site);
    const slot: Slot = {
      seq,
      fingerprint,
      ...(at === undefined ? {} : { site: at }),
      status: answer.head?.status ?? null,
      end: answer.end.kind,
      state: 'waiting',
      reopened: false,
    };
    this.#readSlots.push(slot);
    this.#queue(fingerprint.key).slots.push(slot);
  }

  #answer(seq: number): Answer {
    return this.session.answer?.(seq) ?? this.session.exchange(seq).answer;
  }

  #toolOptions(): ConstructorParameters<typeof ToolTape>[1] {
    const { tools, redactTool: redact, onToolMiss: onMiss, live, until } = this.#options;
    return {
      ...(tools ? { tools } : {}),
      ...(redact ? { redact } : {}),
      ...(onMiss ? { onMiss } : {}),
      ...(until === undefined ? {} : { until: endOf(this.session, until) }),
      ...(live
        ? {
            live: {
              isOn: () => this.#live,
              begin: () => {
                this.#live = true;
              },
            },
          }
        : {}),
    };
  }

  #climb(ask: Ask): Choice {
    if (this.#live) return { label: 'LIVE' };
    const { request } = ask;
    const asked = this.#keyer.fingerprint(request);
    const exact = this.#byKey(asked, ask);
    if (exact) return exact;

    const redacted = this.#options.redact?.(request) ?? request;
    const print = redacted === request ? asked : this.#keyer.fingerprint(redacted);
    const undone = this.#options.undo?.(request) ?? null;
    const found =
      (print.key === asked.key ? null : this.#byKey(print, ask)) ??
      // A request that stands on the tape as it is carries nothing that was put in: the agent has begun anew.
      this.#memo(print) ??
      (undone && this.#carried(ask, undone)) ??
      this.#loose(print, redacted);
    if (found) return found;
    if (this.#options.live && (this.#options.mayGoLive?.() ?? true)) {
      this.#live = true;
      return { label: 'LIVE' };
    }
    // What was put in is no difference that the agent made.
    const [missed, like] = undone ? [undone, this.#keyer.fingerprint(undone)] : [redacted, print];
    return { label: 'MISS', miss: this.#miss(ask, missed, like) };
  }

  /** EXACT, RETRY or EDITED: an unused answer of this key. */
  #byKey(print: Fingerprint, ask: Ask): Found | null {
    const queue = this.#queues.get(print.key);
    if (!queue) return null;
    const slot = this.#pick(queue, ask);
    if (!slot) return null;
    const label = this.#options.edits?.has(slot.seq)
      ? 'EDITED'
      : queue.retryExpected(slot)
        ? 'RETRY'
        : 'EXACT';
    queue.take(slot);
    return { label, slot };
  }

  /** Byte-identical requests first (ids that the provider gave tell branches apart), then the same call site, then order. */
  #pick(queue: SlotQueue, ask: Ask): Slot | null {
    if (queue.slots.length === 1) {
      const [only] = queue.waiting();
      return only && this.#inReach(only) ? only : null;
    }
    const bytes = hash('sha256', ask.request.body);
    const site = siteKey(ask.site);
    const closest = site === undefined ? 2 : 3;
    let best: Slot | null = null;
    let bestRank = -1;
    for (const slot of queue.waiting()) {
      if (!this.#inReach(slot)) continue;
      const rank =
        (this.#bytesOf(slot) === bytes ? 2 : 0) + (site !== undefined && slot.site === site ? 1 : 0);
      if (rank > bestRank) [best, bestRank] = [slot, rank];
      if (rank === closest) break;
    }
    return best;
  }

  /** Hash of the recorded request's bytes: needed only where several requests share a key. */
  #bytesOf(slot: Slot): string {
    slot.bytes ??= hash('sha256', this.session.exchange(slot.seq).request.body);
    return slot.bytes;
  }

  #carried(ask: Ask, undone: WireRequest): Found | null {
    const print = this.#keyer.fingerprint(undone);
    const found = this.#byKey(print, { ...ask, request: undone }) ?? this.#memo(print);
    return found && { label: 'CARRIED', slot: found.slot };
  }

  /** Everything recorded for this key was given: the last one again. A fork wants a new answer instead. */
  #memo(print: Fingerprint): Found | null {
    const queue = this.#queues.get(print.key);
    if (!queue?.last || this.#options.until !== undefined) return null;
    if (queue.slots.some(slot => slot.end === 'unfinished' && slot.state === 'waiting')) return null;
    // A client that timed out on the recorded run does so again, and asks again.
    return { label: queue.last.end === 'client-gone' ? 'RETRY' : 'MEMO', slot: queue.last };
  }

  #loose(print: Fingerprint, request: WireRequest): Found | null {
    if (this.#options.match !== 'loose') return null;
    const free = this.#slots.filter(
      slot =>
        slot.state === 'waiting' &&
        slot.end !== 'unfinished' &&
        this.#inReach(slot) &&
        slot.fingerprint.endpoint === print.endpoint,
    );
    const nearest = nearestSlot(free, print, request, seq => this.session.exchange(seq).request);
    if (!nearest) return null;
    this.#queue(nearest.slot.fingerprint.key).take(nearest.slot);
    return { label: 'LOOSE', slot: nearest.slot };
  }

  #miss(ask: Ask, request: WireRequest, print: Fingerprint): Miss {
    return describeMiss({
      seq: ask.seq,
      request,
      print,
      reason: this.#reason(print),
      slots: this.#slots,
      recorded: seq => this.session.exchange(seq).request,
      rules: this.#keyer.rules,
      extraHosts: this.session.start.extraHosts ?? [],
    });
  }

  #reason(print: Fingerprint): MissReason {
    if (this.#slots.length === 0) return 'empty-session';
    const queue = this.#queues.get(print.key);
    if (queue?.slots.some(slot => slot.end === 'unfinished' && slot.state === 'waiting')) return 'unfinished';
    if (queue?.slots.some(slot => !this.#inReach(slot))) return 'behind-the-fork';
    if (queue) return 'used-up';
    return this.#slots.some(slot => slot.fingerprint.endpoint === print.endpoint)
      ? 'changed'
      : 'other-endpoint';
  }

  async #playMiss(miss: Miss, ask: Ask, reply: Reply): Promise<void> {
    reply.label('MISS', miss.reason);
    await playAnswer(missAnswer(miss, ask.request, this.#options.missStatus ?? 599), ask, reply, 'instant');
  }

  #inReach(slot: Slot): boolean {
    return this.#options.until === undefined || slot.seq <= this.#options.until;
  }

  #queue(key: string): SlotQueue {
    const queue = this.#queues.get(key) ?? new SlotQueue();
    this.#queues.set(key, queue);
    return queue;
  }
}

/** When the answer of exchange `seq` ended, in ms since the session's start: what the agent did with it lies behind. */
function endOf(session: SessionReader, seq: number): number {
  let last = 0;
  for (const { seq: each, at, answer } of wholeExchanges(session)) {
    if (each <= seq) last = Math.max(last, at + ('at' in answer.end ? answer.end.at : 0));
  }
  return last;
}
