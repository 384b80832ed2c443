import type { SessionReader } from '../sessions/session.ts';
import { inAcceptedCoding } from '../tape/accepted-coding.ts';
import { playAnswer } from '../tape/play-answer.ts';
import type { Ask, Reply, Responder } from '../tape/responder.ts';
import { type Choice, Tape, type TapeOptions } from '../tape/tape.ts';
import type { RunTool, ToolAsk, ToolOutcome, ToolReplay } from '../tape/tool.ts';
import { toolKey } from '../tape/tool-tape.ts';
import type { WireRequest } from '../wire/exchange.ts';

/** What one run is given of the other. */
export interface Graft {
  /** The answer of exchange `donor` in place of the own one to exchange `own`; `own` holds all its attempts. */
  readonly answers: readonly { readonly own: ReadonlySet<number>; readonly donor: number }[];
  /** Requests are matched with the other run's values in them: what the model sees, not what the agent remembers. */
  readonly rewrite: ((request: WireRequest) => WireRequest) | null;
  /** What tools inside the agent give in place of their own results, each at one of its own runs. */
  readonly tools?: readonly GraftedTool[];
}

export interface GraftedTool {
  /** `toolKey` of the recorded run, and how many of that key ran before it. */
  readonly key: string;
  readonly nth: number;
  readonly outcome: ToolOutcome;
}

export interface SpliceOptions extends Pick<TapeOptions, 'rules' | 'redact' | 'redactTool'> {
  /** What becomes of tools that helpers tell of, by the run that is spliced and by the other. */
  readonly ownTools?: ToolReplay | undefined;
  readonly donorTools?: ToolReplay | undefined;
}

/**
 * Answers a run from its own tape up to a splice, and from there on from the other run's, for as long as that has the
 * request. Tool-call ids need no mapping: the match key numbers them, and the agent repeats those that it was given.
 */
export class Splice implements Responder {
  readonly #own: Tape;
  readonly #donor: Tape;
  readonly #graft: Graft;
  readonly #redactTool: (value: unknown) => unknown;
  readonly #asked = new Map<string, number>();
  #grafted = false;
  /** The donor has answered since. */
  #donorLeads = false;
  /** Exchanges of the donor that were given, and how many requests neither tape had. */
  readonly given = new Set<number>();
  ownAfter = 0;
  misses = 0;
  /** Requests that the donor has not, once the other run's value is in them. */
  unknown = 0;

  constructor(
    own: SessionReader,
    donor: SessionReader,
    graft: Graft,
    { rules, redact, redactTool, ownTools, donorTools }: SpliceOptions = {},
  ) {
    const options = {
      ...(rules ? { rules } : {}),
      ...(redact ? { redact } : {}),
      ...(redactTool ? { redactTool } : {}),
    };
    this.#own = new Tape(own, { ...options, ...(ownTools ? { tools: ownTools } : {}) });
    this.#donor = new Tape(donor, { ...options, ...(donorTools ? { tools: donorTools } : {}) });
    this.#redactTool = redactTool ?? (value => value);
    this.#graft = graft;
  }

  /** Whether the splice was reached. */
  get grafted(): boolean {
    return this.#grafted;
  }

  /** Tools that helpers tell of: from the tape that answers. The donor's is kept in step until it does. */
  async tool(ask: ToolAsk, run: RunTool): Promise<ToolOutcome> {
    const outcome = await this.#toolOutcome(ask, run);
    if (outcome.kind === 'miss') this.misses++;
    return outcome;
  }

  async #toolOutcome(ask: ToolAsk, run: RunTool): Promise<ToolOutcome> {
    if (this.#donorLeads) return this.#donor.tool(ask, run);
    void this.#donor.tool(ask, notRun);
    const grafted = this.#graftedTool(ask);
    if (!grafted) return this.#own.tool(ask, run);
    void this.#own.tool(ask, notRun);
    this.#grafted = true;
    return { ...grafted.outcome, label: 'EDITED', durationMs: 0 };
  }

  #graftedTool({ name, arguments: given }: ToolAsk): GraftedTool | undefined {
    const key = toolKey(name, this.#redactTool(given));
    const nth = this.#asked.get(key) ?? 0;
    this.#asked.set(key, nth + 1);
    return this.#graft.tools?.find(tool => tool.key === key && tool.nth === nth);
  }

  async respond(ask: Ask, reply: Reply): Promise<void> {
    const { answers, rewrite } = this.#graft;
    if (rewrite || this.#grafted) {
      const request = rewrite ? rewrite(ask.request) : ask.request;
      const choice = this.#donor.choose({ ...ask, request });
      // A request that was asked before is the run going in circles, not the donor's path.
      if ('slot' in choice && choice.label !== 'MEMO') {
        if (request !== ask.request) this.#grafted = true;
        this.#donorLeads = this.#grafted;
        this.given.add(choice.slot.seq);
        return this.#play(this.#donor, choice, ask, reply);
      }
      if (request !== ask.request) this.unknown++;
    }
    const choice = this.#own.choose(ask);
    if (choice.label === 'MISS' || choice.label === 'LIVE') {
      this.misses++;
      reply.label('MISS', 'neither run asked this');
      reply.head({
        status: 422,
        reason: '',
        headers: [
          ['content-type', 'application/json'],
          ['x-should-retry', 'false'],
        ],
      });
      await reply.chunk(Buffer.from('{"error":{"type":"rewind_miss","message":"neither run asked this"}}'));
      return reply.end();
    }
    const answered = answers.find(({ own }) => own.has(choice.slot.seq));
    if (answered && !this.given.has(answered.donor)) {
      this.#grafted = true;
      this.#donorLeads = true;
      const { answer, request } = this.#donor.session.exchange(answered.donor);
      this.given.add(answered.donor);
      reply.label('EDITED', `recorded ${answered.donor} of the other run`);
      await playAnswer(inAcceptedCoding(answer, request, ask.request), ask, reply, 'instant');
      return;
    }
    if (this.#grafted) this.ownAfter++;
    return this.#play(this.#own, choice, ask, reply);
  }

  async #play(tape: Tape, choice: Extract<Choice, { slot: unknown }>, ask: Ask, reply: Reply): Promise<void> {
    reply.label(choice.label, `recorded ${choice.slot.seq}`);
    await playAnswer(tape.answerOf(choice.slot, ask.request), ask, reply, 'instant');
  }
}

const notRun: RunTool = async () => ({ kind: 'unfinished', durationMs: 0 });
