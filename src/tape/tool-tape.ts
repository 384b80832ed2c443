import type { ToolRun } from '../sessions/session.ts';
import type { AnswerLabel } from '../wire/exchange.ts';
import { canonicalJson, TooDeep } from './canonical-json.ts';
import type { RunTool, ToolAsk, ToolOutcome, ToolReplay } from './tool.ts';

/**
 * Why a tool that was to be answered from tape was not.
 * - `changed`: a tool of this name was recorded, never with these arguments.
 * - `other-tool`: none of this name was.
 * - `used-up`: recorded with these arguments, and every result was given.
 * - `behind-the-fork`: recorded behind the step at which this run forks.
 * - `opaque`: its recorded result was no JSON, so that only its description is there.
 * - `unfinished`: the recorded run ended before the tool did.
 */
export type ToolMissReason =
  | 'changed'
  | 'other-tool'
  | 'used-up'
  | 'behind-the-fork'
  | 'opaque'
  | 'unfinished';

export interface ToolMiss {
  readonly name: string;
  readonly reason: ToolMissReason;
  /** As canonical JSON. */
  readonly arguments: string;
  /** Arguments of the recorded run of this name that comes next, as canonical JSON. */
  readonly recorded: string | null;
}

/** What a replay did with the tools that told it of themselves. */
export interface ToolReport {
  /** Tools by how they were answered; `RUN`: they ran. Labels without any are left out. */
  readonly answers: Readonly<Partial<Record<AnswerLabel | 'RUN', number>>>;
  readonly misses: readonly { readonly miss: ToolMiss; readonly times: number }[];
}

export interface ToolTapeOptions {
  /** For every tool, whatever its author wants; without it each tool's own wish counts, and `run` where it has none. */
  readonly tools?: ToolReplay;
  /** Runs that began at this time of the recording (ms) or later are not answered from it. */
  readonly until?: number;
  /** What the recorder does to arguments before they are stored. */
  readonly redact?: (value: unknown) => unknown;
  readonly onMiss?: (miss: ToolMiss) => void;
  /** Where a run may go on without the tape: whether it does already, and its going over. */
  readonly live?: { readonly isOn: () => boolean; readonly begin: () => void };
}

interface ToolSlot {
  readonly run: ToolRun;
  readonly key: string;
  used: boolean;
}

/** A session's tool runs, ready to answer: first in, first out by name and canonical arguments. One serves one run. */
export class ToolTape {
  readonly #options: ToolTapeOptions;
  readonly #slots: readonly ToolSlot[];
  readonly #answers: Partial<Record<AnswerLabel | 'RUN', number>> = {};
  readonly #misses = new Map<string, { miss: ToolMiss; times: number }>();

  constructor(runs: readonly ToolRun[], options: ToolTapeOptions = {}) {
    this.#options = options;
    this.#slots = runs
      // A miss is our own answer: replaying a replay must not repeat it.
      .filter(({ label }) => label !== 'MISS')
      // The log has them in the order of their end.
      .toSorted((a, b) => a.at - b.at)
      .map(run => ({ run, key: toolKey(run.name, run.arguments), used: false }));
  }

  /** Choosing is synchronous: parallel tools cannot take each other's results. */
  async answer(ask: ToolAsk, run: RunTool): Promise<ToolOutcome> {
    const wanted = this.#options.tools ?? ask.replay ?? 'run';
    const isLive = this.#options.live?.isOn() ?? false;
    const slot = isLive ? undefined : this.#take(ask);
    if (wanted === 'run' || isLive) {
      this.#count(isLive ? 'LIVE' : 'RUN');
      const outcome = await run();
      return isLive ? { ...outcome, label: 'LIVE' } : outcome;
    }
    const found = slot && outcomeOf(slot.run);
    if (found) {
      this.#count('EXACT');
      return { ...found, label: 'EXACT', durationMs: 0 };
    }
    if (this.#options.live) {
      this.#options.live.begin();
      this.#count('LIVE');
      return { ...(await run()), label: 'LIVE' };
    }
    return this.#miss(ask, slot);
  }

  report(): ToolReport {
    return { answers: this.#answers, misses: [...this.#misses.values()] };
  }

  #take(ask: ToolAsk): ToolSlot | undefined {
    const keys = this.#keys(ask);
    const free = this.#slots.filter(slot => !slot.used && keys.has(slot.key) && this.#inReach(slot));
    const slot = free.find(({ run }) => run.callId !== undefined && run.callId === ask.callId) ?? free[0];
    if (slot) slot.used = true;
    return slot;
  }

  #keys({ name, arguments: given }: ToolAsk): ReadonlySet<string> {
    return new Set([toolKey(name, given), toolKey(name, this.#redacted(given))]);
  }

  #redacted(value: unknown): unknown {
    return this.#options.redact?.(value) ?? value;
  }

  #inReach({ run }: ToolSlot): boolean {
    return this.#options.until === undefined || run.at < this.#options.until;
  }

  #miss(ask: ToolAsk, slot: ToolSlot | undefined): ToolOutcome {
    const named = this.#slots.filter(({ run }) => run.name === ask.name);
    const next = named.find(each => !each.used) ?? named.at(-1);
    const miss: ToolMiss = {
      name: ask.name,
      reason: this.#reason(ask, slot, named),
      arguments: canonical(this.#redacted(ask.arguments)),
      recorded: next ? canonical(next.run.arguments) : null,
    };
    this.#count('MISS');
    const known = this.#misses.get(`${miss.name} ${miss.arguments}`);
    if (known) known.times++;
    else this.#misses.set(`${miss.name} ${miss.arguments}`, { miss, times: 1 });
    this.#options.onMiss?.(miss);
    return { kind: 'miss', message: explainToolMiss(miss), label: 'MISS', durationMs: 0 };
  }

  #reason(ask: ToolAsk, slot: ToolSlot | undefined, named: readonly ToolSlot[]): ToolMissReason {
    if (slot) return slot.run.opaque ? 'opaque' : 'unfinished';
    if (named.length === 0) return 'other-tool';
    const keys = this.#keys(ask);
    const same = named.filter(({ key }) => keys.has(key));
    if (same.length === 0) return 'changed';
    return same.some(each => !each.used && !this.#inReach(each)) ? 'behind-the-fork' : 'used-up';
  }

  #count(label: AnswerLabel | 'RUN'): void {
    this.#answers[label] = (this.#answers[label] ?? 0) + 1;
  }
}

const WHY: Readonly<Record<ToolMissReason, string>> = {
  changed: 'it was recorded with other arguments only',
  'other-tool': 'no tool of this name was recorded',
  'used-up': 'every recorded result for these arguments was given',
  'behind-the-fork': 'it was recorded behind the fork',
  opaque: 'its recorded result is no JSON and cannot be given again',
  unfinished: 'it had not ended when the recording did',
};

/** One sentence, and what was recorded where that tells more. */
export function explainToolMiss({ name, reason, arguments: given, recorded }: ToolMiss): string {
  const compared =
    reason === 'changed' && recorded !== null ? `\n  recorded  ${recorded}\n  asked     ${given}` : '';
  return `The tool ${name} was to be answered from tape, and ${WHY[reason]}.${compared}`;
}

/** What a recorded run gives again; undefined where it cannot. */
export function outcomeOf(run: ToolRun): ToolOutcome | undefined {
  const { result, error, errorType, errorArguments, stream, durationMs } = run;
  const forms = run.forms ? { forms: run.forms } : {};
  if (run.opaque || run.unfinished) return undefined;
  const async = run.async ? { async: true as const } : {};
  if (error === undefined) {
    return {
      kind: 'result',
      value: result ?? null,
      durationMs,
      ...(stream ? { stream } : {}),
      ...forms,
      ...async,
    };
  }
  return {
    kind: 'error',
    error: {
      type: errorType ?? 'Error',
      message: error,
      ...(errorArguments ? { arguments: errorArguments } : {}),
    },
    ...(stream && Array.isArray(result) ? { items: result } : {}),
    ...forms,
    durationMs,
    ...async,
  };
}

/** The log's record of a tool that ended. */
export function toolRunOf(ask: ToolAsk, outcome: ToolOutcome, at: number): ToolRun {
  const { name, arguments: given, callId, method, site } = ask;
  return {
    at,
    durationMs: outcome.durationMs,
    name,
    arguments: given,
    ...(callId === undefined ? {} : { callId }),
    ...(method === undefined ? {} : { method }),
    ...ended(outcome),
    ...(outcome.label ? { label: outcome.label } : {}),
    ...(site === undefined ? {} : { site }),
  };
}

function ended(outcome: ToolOutcome): Partial<ToolRun> {
  switch (outcome.kind) {
    case 'result': {
      const { value, forms, stream, opaque, async } = outcome;
      return {
        result: value,
        ...(forms ? { forms } : {}),
        ...(stream ? { stream } : {}),
        ...(opaque ? { opaque } : {}),
        ...(async ? { async } : {}),
      };
    }
    case 'error': {
      const { error, items, forms, async } = outcome;
      return {
        ...(forms ? { forms } : {}),
        ...(items ? { result: items, stream: true } : {}),
        error: error.message,
        errorType: error.type,
        ...(error.arguments ? { errorArguments: error.arguments } : {}),
        ...(async ? { async } : {}),
      };
    }
    case 'miss':
      return { error: outcome.message, errorType: 'ToolMiss' };
    case 'unfinished':
      return { unfinished: true };
  }
}

/** Runs of one name with the same arguments have one key. */
export const toolKey = (name: string, given: unknown): string => `${name} ${canonical(given)}`;

function canonical(value: unknown): string {
  try {
    return canonicalJson(value);
  } catch (error) {
    if (error instanceof TooDeep) return JSON.stringify(value);
    throw error;
  }
}
