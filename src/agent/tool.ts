import { type ToolArguments, toolArguments } from './arguments.ts';
import { type Engine, engine, wantsTape } from './engine.ts';
import type { Question } from './messages.ts';
import { call, finish, give, giveAsync, type Run, stream } from './run.ts';
import { currentTag } from './session.ts';
import { SyncTalk } from './sync-talk.ts';
import { Talk } from './talk.ts';

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
      if (!current) return await fn.apply(this, args);
      return await finish(call(runOf(known, current, new Talk(current), this, args)));
    };
  }
  if (fn instanceof AsyncGenerator) {
    return async function* (this: unknown, ...args: unknown[]) {
      const current = engine();
      if (!current) return yield* fn.apply(this, args) as AsyncGenerator<unknown>;
      return yield* giveAsync(stream(runOf(known, current, new Talk(current), this, args)));
    };
  }
  if (fn instanceof Generator) {
    return function* (this: unknown, ...args: unknown[]) {
      const current = engine();
      if (!current) return yield* fn.apply(this, args) as Generator<unknown>;
      return yield* give(stream(runOf(known, current, new SyncTalk(current), this, args)));
    };
  }
  return function (this: unknown, ...args: unknown[]) {
    const current = engine();
    if (!current) return fn.apply(this, args);
    return finish(call(runOf(known, current, new SyncTalk(current), this, args)));
  };
}

function runOf(
  known: Known,
  current: Engine,
  talk: Talk | SyncTalk,
  self: unknown,
  args: readonly unknown[],
): Run {
  return {
    talk,
    question: question(known, args),
    start: () => known.fn.apply(self, [...args]),
    mustBeTaped: wantsTape(current, known.replay),
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
