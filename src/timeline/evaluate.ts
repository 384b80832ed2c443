import { RewindError } from '../errors.ts';
import { canonicalJson } from '../tape/canonical-json.ts';
import { callsOf, countUpTo, stepBefore } from './cursor.ts';
import type { Comparison, Expression, Segment } from './expression.ts';
import type { RequestNumbers } from './request-numbers.ts';
import { CALL_NAMES, type StepView, stepView, TOOL_NAMES } from './step-view.ts';
import type { CallStep, Step, Timeline } from './timeline.ts';

/** So many steps' views stay in memory: a step, those around it, and what a watch compares it with. */
const KEPT = 16;

/** Gives expressions their values at steps of one timeline. `undefined`: there is no such part. */
export class Evaluator {
  readonly timeline: Timeline;
  readonly #views = new Map<number, StepView>();

  constructor(timeline: Timeline) {
    this.timeline = timeline;
  }

  view(step: Step): StepView {
    const view = this.#views.get(step.index) ?? stepView(this.timeline, step);
    this.#views.delete(step.index);
    this.#views.set(step.index, view);
    for (const [oldest] of this.#views) {
      if (this.#views.size <= KEPT) break;
      this.#views.delete(oldest);
    }
    return view;
  }

  /** Throws RewindError `bad-expression` where the expression asks for what this step cannot have. */
  value(expression: Expression, step: Step): unknown {
    switch (expression.kind) {
      case 'literal':
        return expression.value;
      case 'pattern':
        return String(expression.pattern);
      case 'view': {
        const found = 'of' in expression ? this.#other(expression.of, step) : step;
        return found && this.view(found);
      }
      case 'path':
        return this.#path(expression, step);
      case 'not':
        return !isTrue(this.value(expression.of, step));
      case 'minus':
        return -numberOf(this.value(expression.of, step));
      case 'changed':
        return this.changed(expression.of, step);
      case 'logic': {
        const left = isTrue(this.value(expression.left, step));
        if (left !== (expression.op === 'and')) return left;
        return isTrue(this.value(expression.right, step));
      }
      case 'arithmetic': {
        const [left, right] = [this.value(expression.left, step), this.value(expression.right, step)];
        return calculate(expression.op, left, right);
      }
      case 'compare': {
        const left = this.value(expression.left, step);
        if (expression.right.kind === 'pattern') return matches(left, expression.right.pattern);
        return compare(expression.op, left, this.value(expression.right, step));
      }
    }
  }

  /** Whether a condition holds; `null` counts as no, `0` and an empty text too. */
  holds(expression: Expression, step: Step): boolean {
    return isTrue(this.value(expression, step));
  }

  /** Whether the value differs from what it was at the lane's step before; false where there was none. */
  changed(expression: Expression, step: Step): boolean {
    const before = stepBefore(this.timeline, step);
    if (!before || this.isSent(expression, before, step)) return false;
    return !equal(this.value(expression, before), this.value(expression, step));
  }

  /** Whether an expression asks only for what both steps were sent alike, as is known of them unread. */
  protected isSent(expression: Expression, before: Step, step: Step): boolean {
    if (before.kind !== 'call' || step.kind !== 'call' || expression.kind !== 'path') return false;
    const { of, segments } = expression;
    const [request, part, which] = segments;
    if (of.kind !== 'view' || 'of' in of || request?.kind !== 'name' || request.name !== 'request')
      return false;
    if (part?.kind !== 'name') return false;
    if (part.name === 'messages') return isRepeated(step, before, which);
    if (!Object.hasOwn(step.sent, part.name)) return false;
    const name = part.name as keyof RequestNumbers;
    return before.sent[name] === step.sent[name];
  }

  #other(of: 'prev' | 'next' | 'call' | Expression, step: Step): Step | undefined {
    const { steps, lanes } = this.timeline;
    if (of === 'prev') return stepBefore(this.timeline, step) ?? undefined;
    if (of === 'call') return step.kind === 'tool' ? steps[step.from] : step;
    if (of === 'next') {
      const calls = callsOf(this.timeline, lanes[step.lane]!);
      return steps[calls[countUpTo(calls, step.index)] ?? -1];
    }
    const index = this.value(of, step);
    const found = typeof index === 'number' ? steps[index] : undefined;
    if (found) return found;
    throw new RewindError(
      'bad-expression',
      `There is no step ${shown(index)}`,
      `Steps are 0 to ${steps.length - 1}.`,
    );
  }

  #path({ of, segments }: Extract<Expression, { kind: 'path' }>, step: Step): unknown {
    const base = this.value(of, step);
    const [first] = segments;
    if (of.kind === 'view' && first?.kind === 'name' && base !== undefined) {
      const { kind } = base as StepView;
      const names: readonly string[] = kind === 'call' ? CALL_NAMES : TOOL_NAMES;
      if (!names.includes(first.name)) throw noSuchPart(first.name, kind === 'call');
    }
    return follow(base, segments);
  }
}

function noSuchPart(name: string, isCall: boolean): RewindError {
  const has: readonly string[] = isCall ? TOOL_NAMES : CALL_NAMES;
  if (!has.includes(name)) {
    return new RewindError('bad-expression', `A step has no \`${name}\``, '');
  }
  return isCall
    ? new RewindError('bad-expression', `A call has no \`${name}\``, 'Only a tool step has.')
    : new RewindError(
        'bad-expression',
        `A tool step has no \`${name}\``,
        `\`$call.${name}\` is that of the call that asked for it.`,
      );
}

/** Whether a call was sent the same message in this place as the call before; without a place, all the same messages. */
function isRepeated({ repeated, context }: CallStep, before: CallStep, which: Segment | undefined): boolean {
  const longer = Math.max(context.messages, before.context.messages);
  const same = repeated?.seq === before.seq ? repeated.messages : 0;
  if (which?.kind !== 'index' || which.index < 0) return same === longer;
  // Where neither has a message, neither has another one.
  return which.index < same || which.index >= longer;
}

/** Walks a path. With `*`, `..` or a slice in it, the result is the list of all that was found. */
export function follow(value: unknown, segments: readonly Segment[]): unknown {
  let found: unknown[] = [value];
  let many = false;
  for (const segment of segments) {
    many ||= segment.kind === 'all' || segment.kind === 'deep' || segment.kind === 'slice';
    found = found.flatMap(one => below(one, segment));
  }
  return many ? found : found[0];
}

function below(value: unknown, segment: Segment): readonly unknown[] {
  switch (segment.kind) {
    case 'name':
      return member(value, segment.name);
    case 'index': {
      if (!Array.isArray(value)) return [];
      const one: unknown = value.at(segment.index);
      return one === undefined ? [] : [one];
    }
    case 'slice':
      return Array.isArray(value) ? value.slice(segment.from ?? 0, segment.to ?? undefined) : [];
    case 'all':
      return isContainer(value) ? Object.values(value) : [];
    case 'deep':
      return [...descendants(value, segment.name)];
  }
}

function member(value: unknown, name: string): readonly unknown[] {
  if (isContainer(value) && !Array.isArray(value) && Object.hasOwn(value, name)) {
    const one = (value as Readonly<Record<string, unknown>>)[name];
    return one === undefined ? [] : [one];
  }
  if (name !== 'length') return [];
  if (typeof value === 'string' || Array.isArray(value)) return [value.length];
  return isContainer(value) ? [Object.keys(value).length] : [];
}

function* descendants(value: unknown, name: string | null): Generator<unknown> {
  const todo: unknown[] = [value];
  while (todo.length > 0) {
    const one = todo.pop();
    if (!isContainer(one)) continue;
    const children = Object.entries(one);
    for (const [key, child] of children) if (name === null || key === name) yield child;
    for (const [, child] of children.toReversed()) todo.push(child);
  }
}

export const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null;

function isTrue(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

export function equal(left: unknown, right: unknown): boolean {
  if (left === right || (left ?? null) === (right ?? null)) return true;
  return isContainer(left) && isContainer(right) && canonicalJson(left) === canonicalJson(right);
}

function compare(op: Comparison, left: unknown, right: unknown): boolean {
  if (op === '==') return equal(left, right);
  if (op === '!=') return !equal(left, right);
  if (op === 'contains') return contains(left, right);
  const numbers = typeof left === 'number' && typeof right === 'number';
  const texts = typeof left === 'string' && typeof right === 'string';
  if (!numbers && !texts) return false;
  if (op === '<') return left < right;
  if (op === '<=') return left <= right;
  return op === '>' ? left > right : left >= right;
}

/** A text in a text, at any depth of a list or an object; else an equal member of a list. */
function contains(whole: unknown, part: unknown): boolean {
  if (typeof part === 'string') return someText(whole, text => text.includes(part));
  return Array.isArray(whole) && whole.some(one => equal(one, part));
}

function matches(whole: unknown, pattern: RegExp): boolean {
  return someText(whole, text => {
    pattern.lastIndex = 0;
    return pattern.test(text);
  });
}

export function someText(value: unknown, test: (text: string) => boolean): boolean {
  if (typeof value === 'string') return test(value);
  if (!isContainer(value)) return false;
  for (const one of descendants(value, null)) if (typeof one === 'string' && test(one)) return true;
  return false;
}

function calculate(op: '+' | '-' | '*' | '/', left: unknown, right: unknown): unknown {
  if (op === '+' && (typeof left === 'string' || typeof right === 'string'))
    return `${shown(left)}${shown(right)}`;
  const [a, b] = [numberOf(left), numberOf(right)];
  if (op === '+') return a + b;
  if (op === '-') return a - b;
  return op === '*' ? a * b : a / b;
}

function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  throw new RewindError(
    'bad-expression',
    `${shown(value)} is not a number`,
    'Only numbers can be calculated with.',
  );
}

/** As text for people: strings as they are, the rest as JSON. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined ? 'undefined' : JSON.stringify(value);
}
