import { type ToolArguments, toolArguments } from './arguments.ts';
import { type Engine, engine, wantsTape } from './engine.ts';
import { describeError, recordedError, ToolMiss } from './errors.ts';
import type { Answer, Question } from './messages.ts';
import { currentTag, isGenerator, isPromise } from './session.ts';
import { SyncTalk } from './sync-talk.ts';
import { Talk } from './talk.ts';
import { decode, encode } from './values.ts';

export interface ToolOptions {
  /** As the model knows it; the function's own name by default. */
  readonly name?: string;
  /**
   * On a replay, `tape` gives the recorded result in place of running the function, so that its effects do not happen
   * twice; `run`, the default, runs it again.
   */
  readonly replay?: 'tape' | 'run';
}

// biome-ignore lint/suspicious/noExplicitAny: a function of any parameters, whose type the caller gets back
type Callable = (...args: any[]) => unknown;

/**
 * Records a tool's runs while Rewind is there; only calls it otherwise. Takes a function, a tool object of the Vercel AI SDK
 * (`execute`) or of LangChain (`func`), or a method as a decorator.
 */
export function tool<T extends Callable | object>(given: T, options?: ToolOptions): T;
export function tool<F extends Callable>(options: ToolOptions, fn: F): F;
export function tool(first: Callable | object, second?: ToolOptions | Callable): Callable | object {
  const isFunction = typeof first === 'function';
  if (typeof second === 'function') return wrapped(second as Callable, first as ToolOptions);
  const options = asOptions(second);
  if (isFunction) return wrapped(first as Callable, options);
  for (const part of ['execute', 'func'] as const) {
    const fn: unknown = Reflect.get(first, part);
    if (typeof fn !== 'function') continue;
    const name = options.name ?? ('name' in first && typeof first.name === 'string' ? first.name : undefined);
    Reflect.set(
      first,
      part,
      wrapped(fn as Callable, { ...options, ...(name === undefined ? {} : { name }) }),
    );
    return first;
  }
  throw new TypeError('rewind.tool takes a function, or a tool with `execute` or `func`');
}

/** Tools by their names, as the Vercel AI SDK takes them. */
export function tools<T extends Readonly<Record<string, Callable | object>>>(
  named: T,
  options: Omit<ToolOptions, 'name'> = {},
): T {
  return Object.fromEntries(
    Object.entries(named).map(([name, each]) => [name, tool(each, { ...options, name })]),
  ) as T;
}

/** The context of a decorator names the method. */
function asOptions(given: ToolOptions | undefined): ToolOptions {
  if (given === undefined) return {};
  return 'kind' in given ? { name: String(given.name) } : given;
}

interface Known {
  readonly fn: Callable;
  readonly name: string;
  readonly replay?: 'tape' | 'run';
}

const AsyncFunction = (async () => undefined).constructor;
const AsyncGenerator = async function* () {
  yield;
}.constructor;
const Generator = function* () {
  yield;
}.constructor;

function wrapped(fn: Callable, { name = fn.name || 'tool', replay }: ToolOptions): Callable {
  const known: Known = { fn, name, ...(replay ? { replay } : {}) };
  const outer = outerOf(known);
  const { name: _name, length: _length, ...rest } = Object.getOwnPropertyDescriptors(fn);
  const own = {
    name: { value: fn.name, configurable: true },
    length: { value: fn.length, configurable: true },
  };
  return Object.defineProperties(outer, { ...rest, ...own }) as Callable;
}

function outerOf(known: Known): Callable {
  const { fn } = known;
  if (fn instanceof AsyncFunction) {
    return async function (this: unknown, ...args: unknown[]) {
      const current = engine();
      return current ? await runAsync(known, current, this, args) : await fn.apply(this, args);
    };
  }
  if (fn instanceof AsyncGenerator) {
    return async function* (this: unknown, ...args: unknown[]) {
      const current = engine();
      const inner = () => fn.apply(this, args) as AsyncGenerator<unknown>;
      if (!current) return yield* inner();
      return yield* streamAsync(known, current, args, inner);
    };
  }
  if (fn instanceof Generator) {
    return function* (this: unknown, ...args: unknown[]) {
      const current = engine();
      const inner = () => fn.apply(this, args) as Generator<unknown>;
      if (!current) return yield* inner();
      return yield* stream(known, current, args, inner);
    };
  }
  return function (this: unknown, ...args: unknown[]) {
    const current = engine();
    return current ? runSync(known, current, this, args) : fn.apply(this, args);
  };
}

function question({ fn, name, replay }: Known, args: readonly unknown[]): Question {
  const given: ToolArguments = toolArguments(fn, args);
  const site = callSite();
  const session = currentTag();
  return {
    name,
    ...given,
    ...(site === undefined ? {} : { site }),
    ...(session === undefined ? {} : { session }),
    ...(replay ? { replay } : {}),
  };
}

/** Rewind's hook knows where in the agent's code this is; absent without it. */
function callSite(): string | undefined {
  try {
    const site: unknown = Reflect.get(globalThis, Symbol.for('rewind.site'));
    return typeof site === 'function' ? String(site()) : undefined;
  } catch {
    return undefined;
  }
}

/** Throws where running without the engine would make something happen twice. */
function mayRunAlone({ name, replay }: Known, current: Engine): void {
  if (wantsTape(current, replay)) {
    throw new ToolMiss(`Rewind is gone, and ${name} was to be answered from its recording`);
  }
}

/** What the engine gives in the tool's place. */
function given(answer: Answer, name: string): unknown {
  if (answer.answer === 'miss') throw new ToolMiss(answer.message ?? `${name} was not recorded`);
  if (answer.answer === 'error') throw recordedError(answer.error ?? { type: 'Error', message: '' });
  return decode(answer.items ?? answer.result ?? null, answer.forms);
}

type Told = Pick<Answer, 'id'> & { readonly durationMs: number };

const told = ({ id }: Answer, began: number): Told => ({
  durationMs: performance.now() - began,
  ...(id === undefined ? {} : { id }),
});

function resultOf(value: unknown): object {
  const { value: result, forms, opaque } = encode(value);
  return { result, forms, opaque };
}

async function runAsync(known: Known, current: Engine, self: unknown, args: unknown[]): Promise<unknown> {
  const talk = new Talk(current);
  try {
    const answer = await talk.say('ask', question(known, args));
    if (!answer) {
      mayRunAlone(known, current);
      return await known.fn.apply(self, args);
    }
    if (answer.answer !== 'run') return given(answer, known.name);
    const began = performance.now();
    let value: unknown;
    try {
      value = await known.fn.apply(self, args);
    } catch (error) {
      const end = await talk.say('done', {
        ...told(answer, began),
        error: describeError(error),
        async: true,
      });
      if (end?.answer) return given(end, known.name);
      throw error;
    }
    const end = await talk.say('done', { ...told(answer, began), ...resultOf(value), async: true });
    return end?.answer ? given(end, known.name) : value;
  } finally {
    talk.close();
  }
}

/** A function that is not marked `async` may still give a promise, and must not where it does not. */
function runSync(known: Known, current: Engine, self: unknown, args: unknown[]): unknown {
  const talk = new SyncTalk(current);
  const answer = talk.say('ask', question(known, args));
  if (!answer) {
    mayRunAlone(known, current);
    return known.fn.apply(self, args);
  }
  if (answer.answer !== 'run') {
    talk.close();
    return answer.async ? (async () => given(answer, known.name))() : given(answer, known.name);
  }
  const began = performance.now();
  const settle = (report: object, end: () => unknown): unknown => {
    const reply = talk.say('done', { ...told(answer, began), ...report });
    talk.close();
    return reply?.answer ? given(reply, known.name) : end();
  };
  const failed = (error: unknown, how: object = {}): unknown =>
    settle({ error: describeError(error), ...how }, () => {
      throw error;
    });
  let value: unknown;
  try {
    value = known.fn.apply(self, args);
  } catch (error) {
    return failed(error);
  }
  if (isPromise(value)) {
    return value.then(
      result => settle({ ...resultOf(result), async: true }, () => result),
      error => failed(error, { async: true }),
    );
  }
  if (isGenerator(value)) {
    // Its items are its caller's: that it gave a generator is all there is to tell.
    return settle({ result: '[generator]', opaque: true }, () => value);
  }
  return settle(resultOf(value), () => value);
}

/** What a stream has given, each item as it was at that moment. */
class Items {
  readonly #items: unknown[] = [];
  readonly #forms: Record<string, string> = {};
  #opaque = false;

  add(item: unknown): void {
    const { value, forms, opaque } = encode(item);
    for (const [at, form] of Object.entries(forms)) this.#forms[`/${this.#items.length}${at}`] = form;
    this.#items.push(value);
    this.#opaque ||= opaque;
  }

  report(): object {
    return { items: this.#items, forms: this.#forms, opaque: this.#opaque };
  }
}

function recordedItems(answer: Answer, name: string): readonly unknown[] {
  if (answer.answer === 'miss') given(answer, name);
  const items = decode(answer.items ?? [], answer.forms);
  return Array.isArray(items) ? items : [];
}

function recordedEnd(answer: Answer): void {
  if (answer.answer === 'error' && answer.error) throw recordedError(answer.error);
}

async function* streamAsync(
  known: Known,
  current: Engine,
  args: readonly unknown[],
  start: () => AsyncGenerator<unknown>,
): AsyncGenerator<unknown, unknown> {
  const talk = new Talk(current);
  try {
    const answer = await talk.say('ask', question(known, args));
    if (!answer) {
      mayRunAlone(known, current);
      return yield* start();
    }
    if (answer.answer !== 'run') {
      yield* recordedItems(answer, known.name);
      return recordedEnd(answer);
    }
    const began = performance.now();
    const items = new Items();
    let failure = {};
    try {
      for await (const item of start()) {
        items.add(item);
        yield item;
      }
    } catch (error) {
      failure = { error: describeError(error) };
      throw error;
    } finally {
      // Also where who took the items had enough.
      await talk.say('done', { ...told(answer, began), ...items.report(), ...failure });
    }
    return undefined;
  } finally {
    talk.close();
  }
}

function* stream(
  known: Known,
  current: Engine,
  args: readonly unknown[],
  start: () => Generator<unknown>,
): Generator<unknown, unknown> {
  const talk = new SyncTalk(current);
  try {
    const answer = talk.say('ask', question(known, args));
    if (!answer) {
      mayRunAlone(known, current);
      return yield* start();
    }
    if (answer.answer !== 'run') {
      yield* recordedItems(answer, known.name);
      return recordedEnd(answer);
    }
    const began = performance.now();
    const items = new Items();
    let failure = {};
    try {
      for (const item of start()) {
        items.add(item);
        yield item;
      }
    } catch (error) {
      failure = { error: describeError(error) };
      throw error;
    } finally {
      talk.say('done', { ...told(answer, began), ...items.report(), ...failure });
    }
    return undefined;
  } finally {
    talk.close();
  }
}
