import type { Call } from '../providers/call.ts';
import { readCall } from '../providers/read-call.ts';
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

/** The call in exchange `seq`, which must be one; read anew every time. */
export function callIn(session: SessionReader, seq: number): Call {
  const call = readCall(session.exchange(seq), session.start.extraHosts);
  if (!call) throw new Error(`exchange ${seq} is no call to a model`);
  return call;
}
