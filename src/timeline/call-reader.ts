import type { Call } from '../providers/call.ts';
import { type Asked, readAsked, readCall } from '../providers/read-call.ts';
import type { SessionReader } from '../sessions/session.ts';

/** So many calls stay in memory: a step, its neighbours, and both sides of a diff. */
const KEPT = 32;

/** Reads calls from a session when they are looked at: a long session's histories do not fit into memory at once. */
export class CallReader {
  readonly #session: SessionReader;
  readonly #kept = new Map<number, Call>();

  constructor(session: SessionReader) {
    this.#session = session;
  }

  /** The call in exchange `seq`, which must be one. */
  read(seq: number): Call {
    const kept = this.#kept.get(seq);
    this.#kept.delete(seq);
    const call = kept ?? callIn(this.#session, seq);
    this.#kept.set(seq, call);
    for (const [oldest] of this.#kept) {
      if (this.#kept.size <= KEPT) break;
      this.#kept.delete(oldest);
    }
    return call;
  }
}

/** The call in exchange `seq`, which must be one; read anew every time, its answer when that is looked at. */
export function callIn(session: SessionReader, seq: number): Call {
  if (!session.request) return wholeCall(session, seq);
  const asked = readAsked(session.request(seq), session.start.extraHosts);
  if (!asked) throw noCall(seq);
  let read: Answered | undefined;
  const answered = (): Answered => {
    read ??= answerOf(wholeCall(session, seq));
    return read;
  };
  return {
    ...asked,
    get responseModel() {
      return answered().responseModel;
    },
    get responseId() {
      return answered().responseId;
    },
    get output() {
      return answered().output;
    },
    get usage() {
      return answered().usage;
    },
    get finishReason() {
      return answered().finishReason;
    },
    get error() {
      return answered().error;
    },
    get problems() {
      return answered().problems;
    },
  };
}

/** A call with other parts; an answer that was not looked at stays unread. */
export function callWith(call: Call, parts: Partial<Call>): Call {
  const own = { ...Object.getOwnPropertyDescriptors(call), ...Object.getOwnPropertyDescriptors(parts) };
  return Object.defineProperties({}, own) as Call;
}

/** Whether looking at a call's answer reads it from the session. */
export const isUnanswered = (call: Call): boolean =>
  Object.getOwnPropertyDescriptor(call, 'output')?.get !== undefined;

type Answered = Omit<Call, keyof Asked>;

/** Without the messages, which would be held with it. */
function answerOf(call: Call): Answered {
  const { responseModel, responseId, output, usage, finishReason, error, problems } = call;
  return { responseModel, responseId, output, usage, finishReason, error, problems };
}

function wholeCall(session: SessionReader, seq: number): Call {
  const call = readCall(session.exchange(seq), session.start.extraHosts);
  if (!call) throw noCall(seq);
  return call;
}

const noCall = (seq: number): Error => new Error(`exchange ${seq} is no call to a model`);
