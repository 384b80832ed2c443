import type { Call, Message, Part, ToolCall, ToolDefinition } from '../providers/call.ts';
import { canonicalJson } from '../tape/canonical-json.ts';
import { fieldDifferences } from '../tape/field-diff.ts';
import { spoken } from '../timeline/step-diff.ts';
import type { CallStep, Step, Timeline } from '../timeline/timeline.ts';
import type { Exchange } from '../wire/exchange.ts';
import { answerKey, behaviourOf, callText, saidIn } from './answer.ts';
import { type Carried, type HistoryChange, historyChanges, isOpen } from './history.ts';
import { type ParameterChange, parameterChanges } from './parameters.ts';
import type { Runs } from './runs.ts';

/** A call that both runs made, at the same place. What it is made of is read when a cause asks for it. */
export class Pair {
  readonly runs: Runs;
  readonly good: Half;
  readonly bad: Half;

  constructor(runs: Runs, good: Half, bad: Half) {
    this.runs = runs;
    this.good = good;
    this.bad = bad;
  }

  /** Whether the answers are worth calling different: other actions, other words, or another model's. */
  readonly answersDiffer = once(() => answerKey(this.good.step) !== answerKey(this.bad.step));
  readonly behavioursDiffer = once(() => behaviourOf(this.good.step) !== behaviourOf(this.bad.step));

  readonly parameters = once((): readonly ParameterChange[] =>
    parameterChanges(this.good.call, this.bad.call),
  );
  readonly history = once((): readonly HistoryChange[] =>
    historyChanges(this.good.carried(), this.bad.carried()),
  );
  readonly tools = once((): readonly ToolChange[] => toolChanges(this.good.call.tools, this.bad.call.tools));
  /** System prompts, where they differ. */
  readonly system = once((): { readonly good: string; readonly bad: string } | null => {
    const [good, bad] = [this.good.call, this.bad.call].map(({ system }) => spoken(system));
    return good === bad ? null : { good: good!, bad: bad! };
  });
}

export type ToolChange =
  | { readonly kind: 'added' | 'removed'; readonly tool: ToolDefinition }
  | { readonly kind: 'schema'; readonly name: string; readonly places: readonly ToolPlace[] }
  | { readonly kind: 'order'; readonly good: string; readonly bad: string };

export interface ToolPlace {
  readonly path: string;
  readonly good: string | null;
  readonly bad: string | null;
}

function toolChanges(good: readonly ToolDefinition[], bad: readonly ToolDefinition[]): readonly ToolChange[] {
  const left = new Map(good.map(tool => [tool.name, tool]));
  const right = new Map(bad.map(tool => [tool.name, tool]));
  const changes: ToolChange[] = [];
  for (const [name, tool] of left) if (!right.has(name)) changes.push({ kind: 'removed', tool });
  for (const [name, tool] of right) {
    const before = left.get(name);
    if (!before) {
      changes.push({ kind: 'added', tool });
      continue;
    }
    const places = fieldDifferences(definitionOf(before), definitionOf(tool)).map(
      ({ path, before: was, after: is }) => ({
        path: path.replace(/^\$\.?/, ''),
        good: was === undefined ? null : textOf(was),
        bad: is === undefined ? null : textOf(is),
      }),
    );
    if (places.length > 0) changes.push({ kind: 'schema', name, places });
  }
  if (changes.length > 0) return changes;
  const order = (tools: readonly ToolDefinition[]): string => tools.map(({ name }) => name).join(', ');
  return order(good) === order(bad) ? [] : [{ kind: 'order', good: order(good), bad: order(bad) }];
}

/** A definition without marks that only concern caching, and without what is said to be nothing. */
function definitionOf({ description, parameters, raw }: ToolDefinition): unknown {
  if (typeof raw !== 'object' || raw === null) return { description, parameters };
  const { cache_control: _, ...rest } = raw as Readonly<Record<string, unknown>>;
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : canonicalJson(value));

/** One run's side of a pair. */
export class Half {
  readonly timeline: Timeline;
  readonly step: CallStep;
  /** Counts the run's LLM calls, from 0. */
  readonly ordinal: number;
  /** The call before it in its conversation. */
  readonly before: CallStep | null;
  readonly #said: Said;

  constructor(timeline: Timeline, step: CallStep, ordinal: number, before: CallStep | null, said: Said) {
    this.timeline = timeline;
    this.step = step;
    this.ordinal = ordinal;
    this.before = before;
    this.#said = said;
  }

  get call(): Call {
    return this.step.call;
  }

  get exchange(): Exchange {
    return this.timeline.session.exchange(this.step.seq);
  }

  readonly carried = once((): Carried => {
    const { before } = this;
    const earlier = once(
      () => new Set((before?.call.messages ?? []).flatMap(({ parts }) => parts.map(keyOf))),
    );
    const every = (message: Message, has: (key: string) => boolean): boolean => {
      const parts = message.parts.filter(isOpen);
      return parts.length > 0 && parts.every(part => has(keyOf(part)));
    };
    const said = (message: Message): boolean => message.role === 'assistant' && this.#said.has(message);
    return {
      messages: this.call.messages,
      said,
      had: before === null ? null : message => every(message, key => earlier().has(key)),
      callOf: id => this.#said.callOf(id),
    };
  });
}

/** What a run's model said in all of its calls; read when it is first asked for. */
export class Said {
  readonly #steps: readonly Step[];
  readonly #parts = new Set<string>();
  readonly #texts: string[] = [];
  readonly #calls = new Map<string, ToolCall>();
  #read = false;

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
  }

  #readAll(): void {
    if (this.#read) return;
    this.#read = true;
    for (const step of this.#steps) if (step.kind === 'call') this.#add(step);
  }

  #add({ output }: CallStep): void {
    for (const part of [output.parts, ...output.alternatives].flat()) {
      this.#parts.add(keyOf(part));
      if (part.type === 'tool_call' && part.call.id !== null) this.#calls.set(part.call.id, part.call);
    }
    const text = plain(saidIn(output.parts));
    if (text) this.#texts.push(text);
  }

  /** Whether the model said all of this message; agents trim texts and join their parts. */
  has({ parts }: Message): boolean {
    this.#readAll();
    return parts.filter(isOpen).every(part => {
      if (this.#parts.has(keyOf(part))) return true;
      if (part.type !== 'text') return part.type === 'other';
      const text = plain(part.text);
      return (
        text === '' || this.#texts.some(said => said === text || (text.length > 20 && said.includes(text)))
      );
    });
  }

  callOf(id: string | null): ToolCall | null {
    this.#readAll();
    return id === null ? null : (this.#calls.get(id) ?? null);
  }
}

function keyOf(part: Part): string {
  if (part.type === 'text' || part.type === 'refusal') return `text ${plain(part.text)}`;
  if (part.type === 'tool_call') return `call ${callText(part.call)}`;
  return spoken([part]);
}

const plain = (text: string): string => text.replace(/\s+/g, ' ').trim();

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
