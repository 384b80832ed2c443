import { RewindError } from '../errors.ts';
import { type Token, tokensOf } from './expression-tokens.ts';
import { CALL_NAMES, TOOL_NAMES } from './step-view.ts';

/** One step of a path into a value. */
export type Segment =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'slice'; readonly from: number | null; readonly to: number | null }
  | { readonly kind: 'all' }
  /** `..name`, or `..*` with null. */
  | { readonly kind: 'deep'; readonly name: string | null };

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'contains' | 'matches';

export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'pattern'; readonly pattern: RegExp }
  | { readonly kind: 'view' }
  | { readonly kind: 'view'; readonly of: 'prev' | 'next' | 'call' }
  | { readonly kind: 'view'; readonly of: Expression }
  | { readonly kind: 'path'; readonly of: Expression; readonly segments: readonly Segment[] }
  | { readonly kind: 'not' | 'minus' | 'changed'; readonly of: Expression }
  | {
      readonly kind: 'logic';
      readonly op: 'and' | 'or';
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'compare';
      readonly op: Comparison;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'arithmetic';
      readonly op: '+' | '-' | '*' | '/';
      readonly left: Expression;
      readonly right: Expression;
    };

export const ROOT_NAMES: ReadonlySet<string> = new Set([...CALL_NAMES, ...TOOL_NAMES]);

const SYNONYMS: Readonly<Record<string, string>> = {
  '&&': 'and',
  '||': 'or',
  '!': 'not',
  '=': '==',
  '===': '==',
  '!==': '!=',
};
const LEVELS: readonly (readonly string[])[] = [
  ['or'],
  ['and'],
  ['==', '!=', '<', '<=', '>', '>=', 'contains', 'matches'],
  ['+', '-'],
  ['*', '/'],
];

/** Reads an expression (grammar: docs/debugger.md). Throws RewindError `bad-expression` that says where and why. */
export function parseExpression(text: string): Expression {
  return new Parser(text).whole();
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokensOf(text);
  }

  whole(): Expression {
    const expression = this.#level(0);
    if (this.#peek().kind !== 'end') throw this.#unexpected();
    return expression;
  }

  #peek(): Token {
    return this.#tokens[this.#at]!;
  }

  #is(text: string): boolean {
    const token = this.#peek();
    return (token.kind === 'sign' || token.kind === 'word') && (SYNONYMS[token.text] ?? token.text) === text;
  }

  #take(text: string): boolean {
    const found = this.#is(text);
    if (found) this.#at++;
    return found;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw this.#unexpected(`\`${text}\``);
  }

  #level(level: number): Expression {
    const ops = LEVELS[level];
    if (!ops) return this.#unary();
    let left = this.#level(level + 1);
    for (;;) {
      const op = ops.find(one => this.#is(one));
      if (op === undefined) return left;
      const at = this.#peek().at;
      this.#at++;
      const right = this.#level(level + 1);
      left = this.#binary(op, left, right, at);
    }
  }

  #binary(op: string, left: Expression, right: Expression, at: number): Expression {
    if (op === 'and' || op === 'or') return { kind: 'logic', op, left, right };
    if (op === '+' || op === '-' || op === '*' || op === '/') return { kind: 'arithmetic', op, left, right };
    if (op === 'matches') {
      if (right.kind === 'literal' && typeof right.value === 'string') {
        return {
          kind: 'compare',
          op,
          left,
          right: { kind: 'pattern', pattern: regExp(right.value, '', at) },
        };
      }
      if (right.kind !== 'pattern')
        throw bad('`matches` takes a pattern, such as /refund(ed)?/i', at, this.#text);
    }
    return { kind: 'compare', op: op as Comparison, left, right };
  }

  #unary(): Expression {
    if (++this.#depth > 200) throw bad('The expression is nested too deeply', this.#peek().at, this.#text);
    try {
      if (this.#take('not')) return { kind: 'not', of: this.#level(2) };
      if (this.#take('-')) return { kind: 'minus', of: this.#unary() };
      return this.#path(this.#primary());
    } finally {
      this.#depth--;
    }
  }

  #primary(): Expression {
    const token = this.#peek();
    this.#at++;
    switch (token.kind) {
      case 'text':
        return { kind: 'literal', value: token.value };
      case 'number':
        return { kind: 'literal', value: token.value };
      case 'pattern':
        return { kind: 'pattern', pattern: regExp(token.source, token.flags, token.at) };
      case 'word':
        return this.#word(token.text, token.at);
      case 'sign':
        if (token.text === '(') {
          const inner = this.#level(0);
          this.#expect(')');
          return inner;
        }
        break;
      case 'end':
        break;
    }
    this.#at--;
    throw this.#unexpected();
  }

  #word(word: string, at: number): Expression {
    switch (word) {
      case 'true':
        return { kind: 'literal', value: true };
      case 'false':
        return { kind: 'literal', value: false };
      case 'null':
        return { kind: 'literal', value: null };
      case '$':
        return { kind: 'view' };
      case '$prev':
        return { kind: 'view', of: 'prev' };
      case '$next':
        return { kind: 'view', of: 'next' };
      case '$call':
        return { kind: 'view', of: 'call' };
      case '$step': {
        this.#expect('(');
        const of = this.#level(0);
        this.#expect(')');
        return { kind: 'view', of };
      }
      case 'changed': {
        this.#expect('(');
        const of = this.#level(0);
        this.#expect(')');
        return { kind: 'changed', of };
      }
    }
    if (ROOT_NAMES.has(word)) {
      return { kind: 'path', of: { kind: 'view' }, segments: [{ kind: 'name', name: word }] };
    }
    throw unknownName(word, at, this.#text);
  }

  #path(of: Expression): Expression {
    const segments: Segment[] = [];
    for (;;) {
      if (this.#take('..')) segments.push({ kind: 'deep', name: this.#take('*') ? null : this.#name() });
      else if (this.#take('.'))
        segments.push(this.#take('*') ? { kind: 'all' } : { kind: 'name', name: this.#name() });
      else if (this.#take('[')) segments.push(this.#bracket());
      else break;
    }
    if (segments.length === 0) return of;
    if (of.kind === 'path') return { ...of, segments: [...of.segments, ...segments] };
    return { kind: 'path', of, segments };
  }

  #name(): string {
    const token = this.#peek();
    if (token.kind !== 'word') throw this.#unexpected('a name');
    this.#at++;
    return token.text;
  }

  #bracket(): Segment {
    const token = this.#peek();
    let segment: Segment;
    if (this.#take('*')) segment = { kind: 'all' };
    else if (token.kind === 'text') {
      this.#at++;
      segment = { kind: 'name', name: token.value };
    } else {
      const from = this.#integer();
      if (this.#take(':')) segment = { kind: 'slice', from, to: this.#integer() };
      else if (from === null) throw this.#unexpected('a number, a quoted name or *');
      else segment = { kind: 'index', index: from };
    }
    this.#expect(']');
    return segment;
  }

  #integer(): number | null {
    const start = this.#at;
    const sign = this.#take('-') ? -1 : 1;
    const token = this.#peek();
    if (token.kind === 'number' && Number.isInteger(token.value)) {
      this.#at++;
      return sign * token.value;
    }
    this.#at = start;
    return null;
  }

  #unexpected(wanted = 'a value'): RewindError {
    const token = this.#peek();
    const found = token.kind === 'end' ? 'The expression ends' : `There is \`${token.text}\``;
    return bad(`${found} where ${wanted} should stand`, token.at, this.#text);
  }
}

function regExp(source: string, flags: string, at: number): RegExp {
  try {
    return new RegExp(source, flags);
  } catch (error) {
    throw bad(`/${source}/ is no pattern: ${error instanceof Error ? error.message : String(error)}`, at, '');
  }
}

function bad(what: string, at: number, text: string): RewindError {
  return new RewindError(
    'bad-expression',
    `${what} (column ${at + 1}${text === '' ? '' : ` of \`${text}\``})`,
    'Write such as: usage.total > 1000 and response.text contains "sorry". docs/debugger.md has the language.',
  );
}

function unknownName(word: string, at: number, text: string): RewindError {
  const near = [...ROOT_NAMES].filter(name => name.toLowerCase().startsWith(word.slice(0, 3).toLowerCase()));
  const meant = near.map(name => `\`${name}\``).join(' or ');
  return new RewindError(
    'bad-expression',
    `\`${word}\` is not a part of a step (column ${at + 1} of \`${text}\`)${meant && `; ${meant} is`}`,
    `Parts are ${[...ROOT_NAMES].join(', ')}.`,
  );
}
