import type { Call, Message } from '../providers/call.ts';

/** What a call was sent once more: its first `messages` messages are those of exchange `seq`, its lane's call before. */
export interface Repeated {
  readonly seq: number;
  readonly messages: number;
}

/** Lanes whose last messages are kept: those that went on last. */
const LANES = 64;

/** Compares each call with the one before it in its lane, as they come: later they need not be read for that. */
export class RepeatedMessages {
  readonly #last = new Map<number, { readonly seq: number; readonly messages: readonly Message[] }>();

  /** The call in exchange `seq`, which is the latest of its lane now; null where there is none to compare it with. */
  of(lane: number, seq: number, { messages }: Call): Repeated | null {
    const before = this.#last.get(lane);
    this.#last.delete(lane);
    this.#last.set(lane, { seq, messages });
    for (const [oldest] of this.#last) {
      if (this.#last.size <= LANES) break;
      this.#last.delete(oldest);
    }
    return before ? { seq: before.seq, messages: sharedLength(before.messages, messages) } : null;
  }
}

/** How many messages two lists have in common from their beginning. */
export function sharedLength(left: readonly Message[], right: readonly Message[]): number {
  let shared = 0;
  while (shared < left.length && shared < right.length && sameValue(left[shared], right[shared])) shared++;
  return shared;
}

/** Whether two values are written alike: members in the same order too. */
export function sameValue(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || !left || !right) return false;
  const [names, others] = [Object.keys(left), Object.keys(right)];
  if (names.length !== others.length || Array.isArray(left) !== Array.isArray(right)) return false;
  return names.every(
    (name, i) =>
      name === others[i] &&
      sameValue((left as Record<string, unknown>)[name], (right as Record<string, unknown>)[name]),
  );
}
