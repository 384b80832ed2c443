import type { Ask } from '../tape/responder.ts';
import { type Choice, Tape } from '../tape/tape.ts';

/** A tape that notes which recorded exchanges a run asks for, in order; -1 for what it does not have. */
export class WatchedTape extends Tape {
  readonly order: number[] = [];

  /** Different requests and tools that it has no answer for. */
  get missed(): number {
    const { misses, tools } = this.report();
    return misses.length + tools.misses.length;
  }

  override choose(ask: Ask): Choice {
    const choice = super.choose(ask);
    this.order.push('slot' in choice ? choice.slot.seq : -1);
    return choice;
  }
}
