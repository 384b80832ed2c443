import { Handles } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { RewindError } from '../errors.ts';
import { isContainer } from '../timeline/evaluate.ts';
import { ROOT_NAMES } from '../timeline/expression.ts';
import { plainText, quoted } from './hostile-text.ts';
import { count } from './wording.ts';

/** Texts longer than this are shown by their beginning, and whole, line by line, when they are expanded. */
const LONG_TEXT = 10_000;
const PREVIEW = 120;

/** Bytes of an exchange, for the hex view. */
export class Bytes {
  readonly reference: string;
  readonly length: number;
  constructor(reference: string, length: number) {
    this.reference = reference;
    this.length = length;
  }
}

/** A value that is read when the user asks for it. */
export class Unread {
  /** What is known of it unread, on one line. */
  readonly summary: string;
  readonly read: () => unknown;
  constructor(summary: string, read: () => unknown) {
    this.summary = summary;
    this.read = read;
  }
}

interface Container {
  readonly read: () => object;
  /** How to write it in the expression language; null where that cannot be. */
  readonly expression: string | null;
  /** The step that it belongs to; null for a value that was calculated. */
  readonly step: number | null;
}

export interface Page {
  readonly filter?: 'indexed' | 'named' | undefined;
  readonly start?: number | undefined;
  readonly count?: number | undefined;
}

/** Values as DAP variables. References live until the next move. */
export class Values {
  readonly #handles = new Handles<Container>(1);
  readonly #withTypes: boolean;
  readonly #isEditable: (step: number, expression: string) => boolean;

  constructor(withTypes: boolean, isEditable: (step: number, expression: string) => boolean) {
    this.#withTypes = withTypes;
    this.#isEditable = isEditable;
  }

  reset(): void {
    this.#handles.reset();
  }

  /** A reference to what `read` gives when it is expanded; `expression`: what its children's names follow. */
  container(read: () => object, expression: string | null, step: number | null): number {
    return this.#handles.create({ read, expression, step });
  }

  expressionOf(reference: number): string | null {
    return this.#get(reference).expression;
  }

  /** The step and the expression of a variable; null for one that has none. */
  placeOf(reference: number, name: string): { readonly step: number; readonly expression: string } | null {
    const { expression, step, read } = this.#get(reference);
    const child = Array.isArray(read())
      ? expression && `${expression}[${Number(name)}]`
      : childOf(expression, name);
    return step === null || child === null ? null : { step, expression: child };
  }

  children(reference: number, { filter, start = 0, count: limit = 0 }: Page = {}): DebugProtocol.Variable[] {
    const { read, expression, step } = this.#get(reference);
    const value = read();
    const indexed = Array.isArray(value);
    if (filter && (filter === 'indexed') !== indexed) return [];
    const to = limit > 0 ? start + limit : undefined;
    if (indexed) {
      return value
        .slice(start, to)
        .map((one: unknown, i) =>
          this.variable(String(start + i), one, expression && `${expression}[${start + i}]`, step),
        );
    }
    const names = Object.keys(value).slice(start, to);
    return names.map(name =>
      this.variable(
        plainText(name),
        (value as Record<string, unknown>)[name],
        childOf(expression, name),
        step,
      ),
    );
  }

  variable(
    name: string,
    value: unknown,
    expression: string | null,
    step: number | null,
  ): DebugProtocol.Variable {
    if (value instanceof Unread) {
      return {
        name,
        value: value.summary,
        // As the protocol has it: the one variable below is the value.
        variablesReference: this.container(() => ({ [name]: value.read() }), null, step),
        ...this.#type('unread'),
        presentationHint: { lazy: true, attributes: ['readOnly'] },
      };
    }
    const attributes = [
      ...(step !== null && expression && this.#isEditable(step, expression) ? [] : ['readOnly']),
      ...(typeof value === 'string' ? ['rawString'] : []),
    ];
    return {
      name,
      ...this.shown(value, expression, step),
      ...(expression === null || expression === '' ? {} : { evaluateName: expression }),
      ...(attributes.length > 0 ? { presentationHint: { attributes } } : {}),
    };
  }

  /** What variables and results of `evaluate` have in common. */
  shown(value: unknown, expression: string | null, step: number | null): ShownValue {
    if (value instanceof Bytes) {
      return {
        value: `${count(value.length)} bytes`,
        variablesReference: 0,
        memoryReference: value.reference,
        ...this.#type('bytes'),
      };
    }
    if (typeof value === 'string') return this.#text(value);
    if (!isContainer(value)) {
      return {
        value: String(value),
        variablesReference: 0,
        ...this.#type(value === null ? 'null' : typeof value),
      };
    }
    const size = Array.isArray(value) ? value.length : Object.keys(value).length;
    return {
      value: preview(value),
      variablesReference: size === 0 ? 0 : this.container(() => value, expression, step),
      ...(Array.isArray(value) && size > 0 ? { indexedVariables: size } : {}),
      ...this.#type(Array.isArray(value) ? 'list' : 'object'),
    };
  }

  #text(text: string): ShownValue {
    if (text.length <= LONG_TEXT)
      return { value: quoted(text), variablesReference: 0, ...this.#type('string') };
    const lines = text.split('\n');
    return {
      value: `${quoted(text.slice(0, 1000)).slice(0, -1)}…" (${count(text.length)} characters, ${count(lines.length)} lines: expand)`,
      variablesReference: this.container(() => lines, null, null),
      indexedVariables: lines.length,
      ...this.#type('string'),
    };
  }

  #type(type: string): { type?: string } {
    return this.#withTypes ? { type } : {};
  }

  #get(reference: number): Container {
    const container = this.#handles.get(reference);
    if (container) return container;
    throw new RewindError(
      'stale-reference',
      'This value belonged to an earlier stop',
      'Ask for the scopes again.',
    );
  }
}

export interface ShownValue {
  readonly value: string;
  readonly variablesReference: number;
  readonly indexedVariables?: number;
  readonly memoryReference?: string;
  readonly type?: string;
}

export function childOf(expression: string | null, name: string): string | null {
  if (expression === null || (expression === '' && !ROOT_NAMES.has(name))) return null;
  if (!/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name)) return `${expression || '$'}[${JSON.stringify(name)}]`;
  return expression === '' ? name : `${expression}.${name}`;
}

/** The beginning of a value on one line; the whole is below it. */
export function preview(value: object): string {
  const pieces: string[] = [];
  let left = PREVIEW;
  const put = (text: string): void => {
    pieces.push(text);
    left -= text.length;
  };
  const walk = (one: unknown, depth: number): void => {
    if (left <= 0) return;
    if (typeof one === 'string') put(quoted(one.length > left ? one.slice(0, left) : one));
    else if (one instanceof Bytes) put(`${one.length} bytes`);
    else if (!isContainer(one)) put(String(one));
    else if (depth > 3) put(Array.isArray(one) ? '[…]' : '{…}');
    else list(one, depth);
  };
  const list = (one: object, depth: number): void => {
    const isList = Array.isArray(one);
    put(isList ? (depth === 0 ? `(${one.length}) [` : '[') : '{');
    let first = true;
    for (const name of Object.keys(one)) {
      if (left <= 0) break;
      put(`${first ? '' : ', '}${isList ? '' : `${plainText(name)}: `}`);
      first = false;
      walk((one as Record<string, unknown>)[name], depth + 1);
    }
    put(isList ? ']' : '}');
  };
  walk(value, 0);
  const text = pieces.join('');
  return text.length <= PREVIEW ? text : `${text.slice(0, PREVIEW - 1)}…`;
}
