import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { engine } from './engine.ts';
import { Talk } from './talk.ts';

export interface SessionOptions {
  readonly name?: string;
  /**
   * Where a stand-alone `rewind proxy` is what runs: `replay` answers from the latest session of that name, `once` does
   * where there is one and records otherwise. `rewind record` and `rewind replay` decide themselves.
   */
  readonly mode?: 'record' | 'replay' | 'once';
}

type Callable = (...args: never[]) => unknown;

/** One for the process, however often this module is loaded; Rewind's hook reads it. */
const key = Symbol.for('rewind.session');
const shared = globalThis as { [key]?: AsyncLocalStorage<string> };
shared[key] ??= new AsyncLocalStorage<string>();
const tags = shared[key];

/** The value of the `rewind-session` header for what runs here. */
export const currentTag = (): string | undefined => tags.getStore();

/** For clients that Rewind's hook is not loaded beside: what tells the proxy whose request it is. */
export function sessionHeaders(): Readonly<Record<string, string>> {
  const tag = currentTag();
  return tag === undefined ? {} : { 'rewind-session': tag };
}

/**
 * `fn` with a session of its own around each call: what runs inside is recorded apart, under this name. Only calls `fn` when
 * Rewind is not running.
 */
export function session<F extends Callable>(name: string | SessionOptions, fn: F): F;
export function session<F extends Callable>(fn: F): F;
export function session<F extends Callable>(first: string | SessionOptions | F, second?: F): F {
  const fn = typeof first === 'function' ? first : second;
  if (typeof fn !== 'function') throw new TypeError('rewind.session takes a name and a function');
  const options = typeof first === 'string' ? { name: first } : typeof first === 'function' ? {} : first;
  const around = function (this: unknown, ...args: never[]): unknown {
    if (!engine()) return fn.apply(this, args);
    const tag = newTag(options.name ?? fn.name, options.mode);
    const run = <T>(work: () => T): T => tags.run(tag, work);
    const result = ended(() => run(() => fn.apply(this, args)), tag);
    if (isPromise(result)) {
      return result.then(
        value => {
          end(tag);
          return value;
        },
        error => {
          end(tag);
          throw error;
        },
      );
    }
    if (isGenerator(result)) return within(result, run, () => end(tag));
    end(tag);
    return result;
  };
  return Object.defineProperties(around, Object.getOwnPropertyDescriptors(fn)) as Callable as F;
}

function ended<T>(work: () => T, tag: string): T {
  try {
    return work();
  } catch (error) {
    end(tag);
    throw error;
  }
}

function newTag(name: string, mode: SessionOptions['mode']): string {
  const id = randomBytes(6).toString('hex');
  return `${encodeURIComponent(name || 'session')};id=${id}${mode ? `;mode=${mode}` : ''}`;
}

/** Says that the code has left the session; where that is lost, it ends with the run. */
function end(tag: string): void {
  const current = engine();
  if (!current) return;
  const talk = new Talk(current);
  void talk.say('end', { session: tag }).then(() => talk.close());
}

type AnyGenerator = Generator<unknown, unknown, unknown> | AsyncGenerator<unknown, unknown, unknown>;

/** Each step of a generator runs inside; between two items the caller's own session counts. */
function within<G extends AnyGenerator>(inner: G, run: <T>(work: () => T) => T, done: () => void): G {
  const step = (work: () => unknown): unknown => {
    const settled = (result: unknown): unknown => {
      if ((result as IteratorResult<unknown>).done) done();
      return result;
    };
    const failed = (error: unknown): never => {
      done();
      throw error;
    };
    let result: unknown;
    try {
      result = run(work);
    } catch (error) {
      return failed(error);
    }
    return isPromise(result) ? result.then(settled, failed) : settled(result);
  };
  const outer = Object.create(Object.getPrototypeOf(inner) as object) as G;
  for (const method of ['next', 'return', 'throw'] as const) {
    Object.defineProperty(outer, method, {
      value: (value: unknown) =>
        step(() => (inner[method] as (given: unknown) => unknown).call(inner, value)),
    });
  }
  return outer;
}

export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** A generator object, not any iterable. */
export function isGenerator(value: unknown): value is AnyGenerator {
  return (
    typeof value === 'object' &&
    value !== null &&
    /Generator$/.test(Object.prototype.toString.call(value).slice(8, -1))
  );
}
