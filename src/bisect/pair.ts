import type { Call, Message, Part, ToolCall } from '../providers/call.ts';
import { spoken } from '../timeline/step-diff.ts';
import type { CallStep, Step, Timeline } from '../timeline/timeline.ts';
import type { Exchange } from '../wire/exchange.ts';
import { answerKey, behaviourOf, callText, saidIn } from './answer.ts';
import { type HistoryChange, historyChanges } from './history.ts';
import { type Carried, isOpen } from './messages-list.ts';
import { type ParameterChange, parameterChanges } from './parameters.ts';
import type { Runs } from './runs.ts';
import { type ToolChange, toolChanges } from './tool-changes.ts';
import { continuedOf, wholeConversation } from './whole-conversation.ts';

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

  /** Whether the answers are worth calling different: other actions, other words, or one that broke off. */
  readonly answersDiffer = once(
    () => answerKey(this.good.step) !== answerKey(this.bad.step) || this.#oneBroke(),
  );
  readonly behavioursDiffer = once(
    () => behaviourOf(this.good.step) !== behaviourOf(this.bad.step) || this.#oneBroke(),
  );
  /** All words may have come before the connection broke: the client throws all the same. */
  readonly #oneBroke = once(() => {
    const [good, bad] = [this.good, this.bad].map(({ exchange }) => BROKEN.has(exchange.answer.end.kind));
    return good !== bad;
  });

  readonly parameters = once((): readonly ParameterChange[] =>
    parameterChanges(this.good.call, this.bad.call),
  );
  readonly history = once((): readonly HistoryChange[] =>
    historyChanges(this.good.carried(this.#keptByOne()), this.bad.carried(this.#keptByOne())),
  );
  /** Whether one run's provider keeps the conversation, and the other run's agent does. */
  readonly #keptByOne = once(() => {
    const [good, bad] = [this.good, this.bad].map(({ call }) => continuedOf(call) !== null);
    return good !== bad;
  });
  readonly tools = once((): readonly ToolChange[] => toolChanges(this.good.call.tools, this.bad.call.tools));
  /** System prompts, where they differ. */
  readonly system = once((): { readonly good: string; readonly bad: string } | null => {
    const [good, bad] = [this.good, this.bad].map(half => spoken(half.system(this.#keptByOne())));
    return good === bad ? null : { good: good!, bad: bad! };
  });
}

const BROKEN: ReadonlySet<string> = new Set(['reset', 'closed']);

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

  /** `whole`: with what the provider was sent in earlier calls of the conversation and keeps. */
  carried(whole: boolean): Carried {
    return whole ? { ...this.#carried(), messages: this.#conversation().messages } : this.#carried();
  }

  system(whole: boolean): readonly Part[] {
    return whole ? this.#conversation().system : this.call.system;
  }

  readonly #conversation = once(() => wholeConversation(this.call, this.timeline));

  readonly #carried = once((): Carried => {
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
      numbered: text => this.#said.numbered(text),
    };
  });
}

/** What a run's model said in all of its calls; read when it is first asked for. */
export class Said {
  readonly #steps: readonly Step[];
  readonly #parts = new Set<string>();
  readonly #texts: string[] = [];
  readonly #calls = new Map<string, ToolCall>();
  /** Ids of its answers and tool calls, in order. */
  readonly #ids = new Map<string, number>();
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
      if (part.type !== 'tool_call' || part.call.id === null) continue;
      this.#calls.set(part.call.id, part.call);
      if (!this.#ids.has(part.call.id)) this.#ids.set(part.call.id, this.#ids.size);
    }
    const text = plain(saidIn(output.parts));
    if (text) this.#texts.push(text);
  }

  /** Whether the model said all of this message; agents trim texts and join their parts. */
  has({ parts }: Message): boolean {
    this.#readAll();
    // A stream's pieces may be carried as they came.
    const whole = plain(parts.flatMap(part => (part.type === 'text' ? [part.text] : [])).join(''));
    const texts = whole !== '' && this.#texts.includes(whole);
    return parts.filter(isOpen).every(part => {
      if (this.#parts.has(keyOf(part)) || (texts && part.type === 'text')) return true;
      if (part.type !== 'text') return part.type === 'other';
      const text = plain(part.text);
      return (
        text === '' || this.#texts.some(said => said === text || (text.length > 20 && said.includes(text)))
      );
    });
  }

  numbered(text: string): string {
    this.#readAll();
    if (this.#ids.size === 0) return text;
    return text.replace(ID, word => (this.#ids.has(word) ? `#${this.#ids.get(word)}` : word));
  }

  callOf(id: string | null): ToolCall | null {
    this.#readAll();
    return id === null ? null : (this.#calls.get(id) ?? null);
  }
}

/** What providers make ids of; a shorter one could be a word. */
const ID = /[\w-]{8,}/g;

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
