import { createHash } from 'node:crypto';
import type { Incoming } from './api.ts';
import { type Behaviour, type BehaviourChange, CALM, changed, type Fault } from './behaviour.ts';
import type { TurnCounts } from './choose-turn.ts';
import type { Controls } from './control.ts';
import { globMatches } from './glob.ts';
import { Memory } from './memory.ts';
import type { LoggedRequest } from './request-log.ts';
import type { Script } from './script.ts';

export interface StateOptions {
  readonly script?: Script;
  readonly behaviour?: BehaviourChange;
  readonly seed?: string | number;
}

/** All that changes while an emulator runs. */
export class EmulatorState implements Controls {
  readonly requests: LoggedRequest[] = [];
  readonly counts: TurnCounts = new Map();
  readonly memory = new Memory();
  readonly #options: StateOptions;
  /** How often each same request came: gives repeated requests ids of their own. */
  readonly #repeats = new Map<string, number>();
  script: Script;
  behaviour: Behaviour;

  constructor(options: StateOptions) {
    this.#options = options;
    this.script = options.script ?? { turns: [] };
    this.behaviour = changed(CALM, options.behaviour ?? {});
  }

  behave(change: BehaviourChange): void {
    this.behaviour = changed(this.behaviour, change);
  }

  useScript(script: Script): void {
    this.script = script;
    this.counts.clear();
  }

  /** As freshly started: script and behaviour of the start, nothing counted or remembered. */
  reset(): void {
    this.requests.length = 0;
    this.counts.clear();
    this.memory.clear();
    this.#repeats.clear();
    this.script = this.#options.script ?? { turns: [] };
    this.behaviour = changed(CALM, this.#options.behaviour ?? {});
  }

  seeds(request: Incoming): readonly (string | number)[] {
    const key = createHash('sha256').update(request.path).update('\0').update(request.body).digest('base64');
    const repeat = (this.#repeats.get(key) ?? -1) + 1;
    this.#repeats.set(key, repeat);
    return [this.#options.seed ?? 0, repeat];
  }

  /** The fault that befalls this request, spent by it. */
  takeFault(path: string): Fault | undefined {
    const fault = this.behaviour.faults.find(each => each.times !== 0 && globMatches(each.path, path));
    if (fault && fault.times !== null) {
      const faults = this.behaviour.faults.map(each =>
        each === fault ? { ...each, times: fault.times! - 1 } : each,
      );
      this.behaviour = { ...this.behaviour, faults };
    }
    return fault;
  }
}
