import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionReader } from '../sessions/session.ts';
import { missAnswer } from '../tape/miss-answer.ts';
import { playAnswer } from '../tape/play-answer.ts';
import type { Ask, Reply, Responder } from '../tape/responder.ts';
import type { MatchRules } from '../tape/rules.ts';
import { Tape } from '../tape/tape.ts';
import type { WireRequest } from '../wire/exchange.ts';
import type { Mutant } from './mutant.ts';
import { type Continuation, Undo } from './undo.ts';

export interface FaultOptions {
  readonly rules?: MatchRules;
  readonly redact?: (request: WireRequest) => WireRequest;
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
  readonly runaway: boolean;
}

/**
 * A tape with one answer broken. The broken call, asked again, gets the recorded answer, so that a right retry succeeds;
 * later requests that carry the fault are matched without it. One Fault serves one run.
 */
export class Fault implements Responder {
  readonly #mutant: Mutant;
  readonly #tape: Tape;
  readonly #undo: Undo;
  readonly #options: FaultOptions;
  readonly #host: string;
  #delivered = 0;
  #asked = 0;
  #recovered = false;
  #missed = false;
  #runaway = false;

  constructor(mutant: Mutant, session: SessionReader, options: FaultOptions) {
    const { answer } = mutant.fault;
    this.#mutant = mutant;
    this.#options = options;
    this.#host = session.exchange(mutant.seq).request.host;
    this.#undo = new Undo(session, mutant.seq, answer === 'hang' ? null : answer, options.rules);
    this.#tape = new Tape(session, {
      ...(options.rules ? { rules: options.rules } : {}),
      ...(options.redact ? { redact: options.redact } : {}),
      undo: request => (this.#delivered > 0 ? this.#undo.undo(request) : null),
    });
  }

  async respond(ask: Ask, reply: Reply): Promise<void> {
    const { fault, seq } = this.#mutant;
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
      if (!this.#missed) this.#options.onStop();
      this.#missed = true;
      // 422 is the status that no SDK asks again after.
      return void (await playAnswer(missAnswer(choice.miss, ask.request, 422), ask, reply, 'instant'));
    }
    if (!('slot' in choice)) throw new Error('a mutant runs on the tape alone');
    const { slot, label } = choice;
    if (slot.seq === seq && (this.#delivered === 0 || fault.times === 'always')) {
      this.#tape.reopen(seq);
      return this.#break(ask, reply);
    }
    if (slot.seq === seq) this.#recovered = true;
    const also = fault.also?.get(slot.seq);
    if (also) {
      reply.label('FAULT', this.#mutant.id);
      return void (await playAnswer(also, ask, reply, 'instant'));
    }
    reply.label(label, `recorded ${slot.seq}`);
    const played = await playAnswer(this.#tape.answerOf(slot, ask.request), ask, reply, 'instant');
    if (played === 'left' && slot.end !== 'client-gone') this.#tape.reopen(slot.seq);
  }

  report(): FaultReport {
    return {
      delivered: this.#delivered,
      asked: this.#asked,
      recovered: this.#recovered,
      continuation: this.#undo.continuation,
      missed: this.#missed,
      runaway: this.#runaway,
    };
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
    await sleep(2 ** 31 - 1, undefined, { signal: ask.signal }).catch(() => undefined);
  }
}
