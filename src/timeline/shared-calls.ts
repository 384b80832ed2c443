import type { Call, Message } from '../providers/call.ts';
import type { SessionReader } from '../sessions/session.ts';
import { callIn, callWith, isUnanswered } from './call-reader.ts';
import { sameValue, sharedLength } from './repeated-messages.ts';

/** Characters of text kept at most, in all; calls beyond are read from the session again. */
const BUDGET = 128 * 1024 * 1024;
/** Calls of one opening that a new call is compared with: sub-agents of one kind run side by side. */
const CANDIDATES = 8;
/** Calls kept with their whole message lists. */
const KEPT = 32;

/** A call without the messages that it has in common with an earlier one. */
interface SharedCall {
  readonly call: Call;
  readonly base: SharedCall | null;
  /** So many messages are the base's. */
  readonly shared: number;
  readonly added: readonly Message[];
}

/**
 * The calls of a session in memory, each message once: what makes looking at any step of a long session quick, since a
 * recording read from disk is unpacked in blocks of megabytes.
 */
export class SharedCalls {
  readonly #session: SessionReader;
  readonly #calls = new Map<number, SharedCall>();
  readonly #openings = new Map<string, SharedCall[]>();
  readonly #whole = new Map<number, Call>();
  /** Whole lists of the calls that new ones are compared with. */
  readonly #lists = new WeakMap<SharedCall, readonly Message[]>();
  #left = BUDGET;

  constructor(session: SessionReader) {
    this.#session = session;
  }

  /** In the order of the session: a call and the messages it was sent. */
  add(seq: number, call: Call): void {
    if (this.#left <= 0) return;
    const opening = openingOf(call);
    const candidates = this.#openings.get(opening) ?? [];
    const { base, shared } = longestShared(call.messages, candidates, one => this.#messages(one));
    const { messages, system, tools } = call;
    const like = base?.call;
    const kept: SharedCall = {
      call: callWith(call, {
        messages: [],
        system: like && sameValue(like.system, system) ? like.system : system,
        tools: like && sameValue(like.tools, tools) ? like.tools : tools,
      }),
      base,
      shared,
      added: messages.slice(shared),
    };
    this.#left -= sizeOf(kept.added) + (isUnanswered(call) ? 0 : sizeOf(call.output));
    if (kept.call.tools !== like?.tools) this.#left -= sizeOf(tools);
    if (kept.call.system !== like?.system) this.#left -= sizeOf(system);
    this.#calls.set(seq, kept);
    // Made of the messages that are shared, not of this call's own copies.
    this.#lists.set(kept, base ? [...this.#messages(base).slice(0, shared), ...kept.added] : messages);
    if (base) this.#lists.delete(base);
    this.#openings.set(opening, [kept, ...candidates.filter(one => one !== base)].slice(0, CANDIDATES));
  }

  /** The call in exchange `seq`, which must be one. */
  read(seq: number): Call {
    const call = this.#whole.get(seq) ?? this.#shared(seq) ?? this.#readAnew(seq);
    this.#whole.delete(seq);
    this.#whole.set(seq, call);
    for (const [oldest] of this.#whole) {
      if (this.#whole.size <= KEPT) break;
      this.#whole.delete(oldest);
    }
    return call;
  }

  #shared(seq: number): Call | null {
    const kept = this.#calls.get(seq);
    return kept ? callWith(kept.call, { messages: this.#messages(kept) }) : null;
  }

  /** In any order: neighbours share what they have in common all the same. What was read itself is let go of. */
  #readAnew(seq: number): Call {
    const call = callIn(this.#session, seq);
    this.add(seq, call);
    return this.#shared(seq) ?? call;
  }

  /** A call's messages, put together from those of the calls it goes on from. */
  #messages(call: SharedCall): readonly Message[] {
    const known = this.#lists.get(call);
    if (known) return known;
    const pieces: (readonly Message[])[] = [];
    let until = call.shared + call.added.length;
    for (let one: SharedCall | null = call; one && until > 0; one = one.base) {
      if (one.shared < until) pieces.push(one.added.slice(0, until - one.shared));
      until = Math.min(until, one.shared);
    }
    return pieces.toReversed().flat();
  }
}

/** Calls that begin alike are looked at together. */
function openingOf({ system, messages }: Call): string {
  return JSON.stringify([system, messages.find(({ role }) => role !== 'system')]);
}

function longestShared(
  messages: readonly Message[],
  candidates: readonly SharedCall[],
  listOf: (call: SharedCall) => readonly Message[],
): { readonly base: SharedCall | null; readonly shared: number } {
  let base: SharedCall | null = null;
  let shared = 0;
  for (const candidate of candidates) {
    const list = listOf(candidate);
    const common = sharedLength(messages, list);
    if (common > shared || !base) [base, shared] = [candidate, common];
    // The conversation that this one goes on from.
    if (common === list.length) break;
  }
  return { base, shared };
}

/** About how many characters a value holds. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  return Object.values(value).reduce((sum: number, one) => sum + sizeOf(one), 32);
}
