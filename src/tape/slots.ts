import { parseCallSite } from '../wire/call-site.ts';
import type { AnswerEnd } from '../wire/exchange.ts';
import type { Fingerprint } from './match-key.ts';

/** A recorded exchange on the tape: what is known of it without its bytes. */
export interface Slot {
  readonly seq: number;
  readonly fingerprint: Fingerprint;
  /** The user's frames that led to the call, as one comparable text; absent without a hook. */
  readonly site?: string;
  /** Hash of the request's bytes, once it was needed. */
  bytes?: string;
  readonly status: number | null;
  readonly end: AnswerEnd['kind'];
  state: 'waiting' | 'used';
  /** It was given and the agent left before its end, or a fault stood in for it: asking again is a retry. */
  reopened: boolean;
}

/** Whether a client asks again after such an answer: an HTTP error, no answer, or a broken one. */
export function invitesRetry(slot: Slot): boolean {
  return slot.status === null || slot.status >= 400 || slot.end !== 'complete';
}

/** What identifies the place in the agent's code from run to run: its frames, not process, thread or task. */
export function siteKey(site: string | undefined): string | undefined {
  if (site === undefined) return undefined;
  const parsed = parseCallSite(site);
  if (!parsed || parsed.frames.length === 0) return undefined;
  return parsed.frames.map(frame => `${frame.file}:${frame.line}:${frame.column ?? 0}`).join('\n');
}

/** All slots of one match key, in recorded order. */
export class SlotQueue {
  readonly slots: Slot[] = [];
  /** The slot given last. */
  last: Slot | null = null;
  /** No slot before this one is waiting. */
  #from = 0;

  /** Slots that can be given, the oldest first. */
  *waiting(): Generator<Slot, void, undefined> {
    while (this.slots[this.#from]?.state === 'used') this.#from++;
    for (let i = this.#from; i < this.slots.length; i++) {
      const slot = this.slots[i]!;
      if (slot.state === 'waiting' && slot.end !== 'unfinished') yield slot;
    }
  }

  /** Whether the next ask of this key is a retry of the last one. */
  retryExpected(slot: Slot): boolean {
    return slot.reopened || (this.last !== null && this.last !== slot && invitesRetry(this.last));
  }

  take(slot: Slot): void {
    slot.state = 'used';
    this.last = slot;
  }

  /** Puts a slot back: its answer did not reach the agent whole. */
  reopen(slot: Slot): void {
    slot.state = 'waiting';
    slot.reopened = true;
    this.#from = 0;
  }
}
