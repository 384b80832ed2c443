import { setTimeout as sleep } from 'node:timers/promises';
import { readCall } from '../providers/read-call.ts';
import type { SessionReader } from '../sessions/session.ts';
import { canonicalJson } from '../tape/canonical-json.ts';
import { plainBody } from '../tape/match-key.ts';
import { missAnswer } from '../tape/miss-answer.ts';
import { playAnswer } from '../tape/play-answer.ts';
import type { Ask, Reply, Responder } from '../tape/responder.ts';
import type { MatchRules } from '../tape/rules.ts';
import { Tape } from '../tape/tape.ts';
import type { RunTool, ToolAsk, ToolOutcome } from '../tape/tool.ts';
import type { Answer, WireRequest } from '../wire/exchange.ts';
import type { Mutant } from './mutant.ts';
import { type Continuation, Undo } from './undo.ts';
import { UndoResults } from './undo-results.ts';

export interface FaultOptions {
  readonly rules?: MatchRules;
  readonly redact?: (request: WireRequest) => WireRequest;
  /** What the recorder does to a tool's arguments before they are stored. */
  readonly redactTool?: (value: unknown) => unknown;
  /** More requests than this behind the fault are a runaway. */
  readonly maxAsks: number;
  /** Told once, when nothing more can be learnt: the tape has no answer, or the agent asks without end. */
  readonly onStop: () => void;
}

/** What the agent did with the fault, as far as its requests show. */
export interface FaultReport {
  /** How often the fault was given. */
  readonly delivered: number;
  /** Requests behind the first delivery. */
  readonly asked: number;
  /** The broken call was asked again and got the recorded answer. */
  readonly recovered: boolean;
  readonly continuation: Continuation | null;
  /** The tape had no answer: nothing behind this point says anything about the agent. */
  readonly missed: boolean;
  /** What was missed is a tool that must not run (`replay: 'tape'`) and was never recorded with these arguments. */
  readonly missedTool: boolean;
  readonly runaway: boolean;
  /** Where the fault's canary came up: a request or a tool that must not have been. */
  readonly canary: string | null;
}

/**
 * A tape with one answer broken. The broken call, asked again, gets the recorded answer, so that a right retry succeeds;
 * later requests that carry the fault are matched without it. One Fault serves one run.
 */
export class Fault implements Responder {
  readonly forwards = false;
  readonly #mutant: Mutant;
  readonly #tape: Tape;
  readonly #undo: Undo | UndoResults;
  readonly #session: SessionReader;
  readonly #options: FaultOptions;
  readonly #host: string;
  /** Recorded exchanges by the `seq` of what was answered with them. */
  readonly #recorded = new Map<number, number>();
  #delivered = 0;
  #asked = 0;
  #recovered = false;
  #missed = false;
  #missedTool = false;
  #runaway = false;
  #canary: string | null = null;
  #toolsLikeIt = 0;

  constructor(mutant: Mutant, session: SessionReader, options: FaultOptions) {
    const { answer } = mutant.fault;
    this.#mutant = mutant;
    this.#options = options;
    this.#host = session.exchange(mutant.seq).request.host;
    this.#session = session;
    this.#undo =
      mutant.family === 'tool-output'
        ? new UndoResults(session, mutant.seq, mutant.fault)
        : new Undo(session, mutant.seq, answer === 'hang' ? null : answer, options.rules);
    this.#tape = new Tape(session, {
      ...(options.rules ? { rules: options.rules } : {}),
      ...(options.redact ? { redact: options.redact } : {}),
      ...(options.redactTool ? { redactTool: options.redactTool } : {}),
      undo: request => (this.#delivered > 0 ? this.#undo.undo(request) : null),
    });
  }

  async respond(ask: Ask, reply: Reply): Promise<void> {
    const { fault, seq, tool } = this.#mutant;
    if (this.#touchesCanary(ask.request)) {
      this.#canary ??= `${ask.request.method} ${ask.request.host}`;
      reply.label('FAULT', 'canary');
      return void (await playAnswer(TAKEN, ask, reply, 'instant'));
    }
    if (this.#delivered > 0 && ++this.#asked > this.#options.maxAsks && !this.#runaway) {
      this.#runaway = true;
      this.#options.onStop();
    }
    if (fault.times === 'from-here' && this.#delivered > 0 && ask.request.host === this.#host) {
      return this.#break(ask, reply);
    }
    const choice = this.#tape.choose(ask);
    if (choice.label === 'MISS') {
      reply.label('MISS', choice.miss.reason);
      this.#miss();
      // 422 is the status that no SDK asks again after.
      return void (await playAnswer(missAnswer(choice.miss, ask.request, 422), ask, reply, 'instant'));
    }
    if (!('slot' in choice)) throw new Error('a mutant runs on the tape alone');
    const { slot, label } = choice;
    this.#recorded.set(ask.seq, slot.seq);
    if (tool === undefined && slot.seq === seq && (this.#delivered === 0 || fault.times === 'always')) {
      this.#tape.reopen(seq);
      return this.#break(ask, reply);
    }
    if (tool === undefined && slot.seq === seq) this.#recovered = true;
    const also = fault.also?.get(slot.seq);
    if (also) {
      reply.label('FAULT', this.#mutant.id);
      return void (await playAnswer(also, ask, reply, 'instant'));
    }
    reply.label(label, `recorded ${slot.seq}`);
    const played = await playAnswer(this.#tape.answerOf(slot, ask.request), ask, reply, 'instant');
    if (played === 'left' && slot.end !== 'client-gone') this.#tape.reopen(slot.seq);
  }

  /** The code that asks what was recorded is the code that asked it then. */
  siteOf(seq: number): string | undefined {
    const recorded = this.#recorded.get(seq);
    return recorded === undefined ? undefined : this.#session.exchange(recorded).site;
  }

  /** A tool inside the agent that a helper tells of: as on the tape, or broken. */
  async tool(ask: ToolAsk, run: RunTool): Promise<ToolOutcome> {
    const { fault, tool } = this.#mutant;
    if (fault.canary && JSON.stringify(ask.arguments ?? null).includes(fault.canary))
      this.#canary ??= ask.name;
    if (tool === undefined || !fault.tool || !this.#isBroken(ask, tool)) {
      const outcome = await this.#tape.tool(ask, run);
      if (outcome.kind === 'miss') {
        this.#missedTool = true;
        this.#miss();
      }
      return outcome;
    }
    this.#delivered++;
    const { outcome, runs } = fault.tool;
    if (runs) await run();
    if (outcome !== 'hang') return outcome;
    await forever(ask.signal);
    return { kind: 'unfinished', durationMs: 0, label: 'FAULT' };
  }

  /** The n-th tool of this name and arguments is, as it was in the recording; asked for again, it still is. */
  #isBroken({ name, arguments: given }: ToolAsk, index: number): boolean {
    const key = (one: Pick<ToolAsk, 'name' | 'arguments'>): string =>
      `${one.name} ${canonicalJson(one.arguments)}`;
    const { tools } = this.#session;
    const wanted = key(tools[index]!);
    const stored = this.#options.redactTool?.(given) ?? given;
    if (![given, stored].some(each => key({ name, arguments: each }) === wanted)) return false;
    const before = tools.slice(0, index).filter(one => key(one) === wanted).length;
    return this.#toolsLikeIt++ >= before;
  }

  /** Models may be told of the canary; nobody else may. Whoever asks it gets an answer, so that the run goes on. */
  #touchesCanary(request: WireRequest): boolean {
    const { canary } = this.#mutant.fault;
    if (!canary) return false;
    const said = `${request.host} ${request.path} ${plainBody(request).toString('utf8')}`;
    return said.includes(canary) && !readCall({ seq: 0, at: 0, request, answer: NO_ANSWER });
  }

  report(): FaultReport {
    return {
      delivered: this.#delivered,
      asked: this.#asked,
      recovered: this.#recovered,
      continuation: this.#undo.continuation,
      missed: this.#missed,
      missedTool: this.#missedTool,
      runaway: this.#runaway,
      canary: this.#canary,
    };
  }

  #miss(): void {
    const first = !this.#missed;
    this.#missed = true;
    if (first) this.#options.onStop();
  }

  async #break(ask: Ask, reply: Reply): Promise<void> {
    const { fault, id } = this.#mutant;
    this.#delivered++;
    reply.label('FAULT', id);
    if (fault.answer !== 'hang') {
      const answer = fault.again?.(this.#delivered) ?? fault.answer;
      return void (await playAnswer(answer, ask, reply, fault.paced ? 1 : 'instant'));
    }
    // Until the agent hangs up; the run's own time limit ends an agent that never does.
    await forever(ask.signal);
  }
}

const TAKEN: Answer = {
  head: { status: 204, reason: 'No Content', headers: [] },
  headAt: 0,
  chunks: [],
  end: { kind: 'complete', at: 0, trailers: [] },
};

const NO_ANSWER = { chunks: [], end: { kind: 'unfinished' } } as const;

async function forever(signal: AbortSignal): Promise<void> {
  await sleep(2 ** 31 - 1, undefined, { signal }).catch(() => undefined);
}
