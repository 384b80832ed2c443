import { describeError, recordedError, ToolMiss } from './errors.ts';
import type { Answer, Question } from './messages.ts';
import { isGenerator, isPromise } from './session.ts';
import type { SyncTalk } from './sync-talk.ts';
import type { Talk } from './talk.ts';
import { decode, encode } from './values.ts';

/** One call of a tool while Rewind is there. */
export interface Run {
  readonly talk: Talk | SyncTalk;
  readonly question: Question;
  readonly start: () => unknown;
  /** Running it without the engine would make something happen twice. */
  readonly mustBeTaped: boolean;
}

/** Of a stream: the item that whoever takes from it gets next. */
class Give {
  readonly item: unknown;

  constructor(item: unknown) {
    this.item = item;
  }
}

/**
 * What happens around a tool, written once for all kinds of functions: each step is a call to make, whose promise is awaited
 * where it gives one, or an item to give. Returns what ends the tool, by giving its value or throwing.
 */
type Course = Generator<(() => unknown) | Give, () => unknown, unknown>;

/** A function that gives one value. */
export function* call(run: Run): Course {
  const { talk, question, start } = run;
  try {
    const answer = yield* asked(run);
    if (answer && answer.answer !== 'run') {
      const end = (): unknown => given(answer, question.name);
      return answer.async ? async () => end() : end;
    }
    const began = performance.now();
    let async = {};
    let report: object;
    let end: () => unknown;
    try {
      const value = yield () => {
        const result = start();
        if (isPromise(result)) async = { async: true };
        return result;
      };
      report = resultOf(value);
      end = () => value;
    } catch (error) {
      report = { error: describeError(error) };
      end = () => {
        throw error;
      };
    }
    return answer ? yield* told(run, answer, began, { ...report, ...async }, end) : end;
  } finally {
    talk.close();
  }
}

/** A generator, of either kind. */
export function* stream(run: Run): Course {
  const { talk, question, start } = run;
  try {
    const answer = yield* asked(run);
    if (!answer || answer.answer === 'run') return yield* passedOn(run, answer, start() as AnyIterator);
    if (answer.answer === 'miss') given(answer, question.name);
    const items = decode(answer.items ?? [], answer.forms);
    for (const item of Array.isArray(items) ? items : []) yield new Give(item);
    return () => {
      if (answer.answer === 'error' && answer.error) throw recordedError(answer.error);
    };
  } finally {
    talk.close();
  }
}

type AnyIterator = Required<Iterator<unknown, unknown, unknown>> | Required<AsyncIterator<unknown>>;

/** What goes to a generator and comes from it. The engine is told how it ended, also where who took the items had enough. */
function* passedOn(run: Run, answer: Answer | undefined, inner: AnyIterator): Course {
  const began = performance.now();
  const items = new Items();
  let isOver = false;
  let failure = {};
  let resume = (): unknown => inner.next();
  try {
    for (;;) {
      const { done, value } = (yield resume) as IteratorResult<unknown>;
      if (done) {
        isOver = true;
        return () => value;
      }
      items.add(value);
      try {
        const sent = yield new Give(value);
        resume = () => inner.next(sent);
      } catch (error) {
        resume = () => inner.throw(error);
      }
    }
  } catch (error) {
    isOver = true;
    failure = { error: describeError(error) };
    throw error;
  } finally {
    if (!isOver) yield () => inner.return(undefined);
    if (answer) yield* told(run, answer, began, { ...items.report(), ...failure }, () => undefined);
  }
}

/** Undefined where the engine is gone, and the tool runs as if Rewind were not there. */
function* asked({ talk, question, mustBeTaped }: Run): Generator<() => unknown, Answer | undefined, unknown> {
  const answer = (yield () => talk.say('ask', question)) as Answer | undefined;
  if (!answer && mustBeTaped)
    throw new ToolMiss(`Rewind is gone, and ${question.name} was to be answered from its recording`);
  return answer;
}

/** How the tool ends: as it did by itself, or with what the engine puts in its place. */
function* told(
  { talk, question }: Run,
  { id }: Answer,
  began: number,
  report: object,
  end: () => unknown,
): Generator<() => unknown, () => unknown, unknown> {
  const durationMs = performance.now() - began;
  const message = { ...(id === undefined ? {} : { id }), durationMs, ...report };
  const instead = (yield () => talk.say('done', message)) as Answer | undefined;
  return instead?.answer ? () => given(instead, question.name) : end;
}

/** What the engine gives in the tool's place. */
function given(answer: Answer, name: string): unknown {
  if (answer.answer === 'miss') throw new ToolMiss(answer.message ?? `${name} was not recorded`);
  if (answer.answer === 'error') throw recordedError(answer.error ?? { type: 'Error', message: '' });
  return decode(answer.items ?? answer.result ?? null, answer.forms);
}

function resultOf(value: unknown): object {
  // Its items are its caller's: that it gave a generator is all there is to tell.
  if (isGenerator(value)) return { result: '[generator]', opaque: true };
  const { value: result, forms, opaque } = encode(value);
  return { result, forms, opaque };
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

const made = (step: (() => unknown) | Give): unknown => (step instanceof Give ? undefined : step());

/** Goes through it at once as far as nothing is a promise; gives a promise from there on. */
export function finish(course: Course): unknown {
  let step = course.next();
  while (!step.done) {
    let value: unknown;
    try {
      value = made(step.value);
    } catch (error) {
      step = course.throw(error);
      continue;
    }
    if (isPromise(value)) return finishLater(course, value);
    step = course.next(value);
  }
  return step.value();
}

async function finishLater(course: Course, first: unknown): Promise<unknown> {
  let step: IteratorResult<(() => unknown) | Give, () => unknown> = { value: () => first };
  while (!step.done) {
    let value: unknown;
    try {
      value = await made(step.value);
    } catch (error) {
      step = course.throw(error);
      continue;
    }
    step = course.next(value);
  }
  return await step.value();
}

/** As a generator; where who takes from it has enough, the course goes to its end. */
export function* give(course: Course): Generator<unknown, unknown, unknown> {
  let step = course.next();
  try {
    while (!step.done) {
      let value: unknown;
      try {
        value = step.value instanceof Give ? yield step.value.item : step.value();
      } catch (error) {
        step = course.throw(error);
        continue;
      }
      step = course.next(value);
    }
  } finally {
    if (!step.done) step = course.return(() => undefined);
    while (!step.done) step = course.next(made(step.value));
  }
  return step.value();
}

export async function* giveAsync(course: Course): AsyncGenerator<unknown, unknown, unknown> {
  let step = course.next();
  try {
    while (!step.done) {
      let value: unknown;
      try {
        value = step.value instanceof Give ? yield step.value.item : await step.value();
      } catch (error) {
        step = course.throw(error);
        continue;
      }
      step = course.next(value);
    }
  } finally {
    if (!step.done) step = course.return(() => undefined);
    while (!step.done) step = course.next(await made(step.value));
  }
  return step.value();
}
