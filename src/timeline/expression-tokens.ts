import { RewindError } from '../errors.ts';

export type Token = { readonly at: number; readonly text: string } & (
  | { readonly kind: 'word' | 'sign' | 'end' }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'pattern'; readonly source: string; readonly flags: string }
);

const SPACE = /\s+/y;
const WORD = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
const NUMBER = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const QUOTED = /"((?:[^"\\]|\\[\s\S])*)"|'((?:[^'\\]|\\[\s\S])*)'/y;
const PATTERN = /\/((?:[^/\\\n]|\\.)+)\/([a-z]*)/y;
const SIGN = /===|!==|==|!=|<=|>=|&&|\|\||\.\.|[<>=!.()[\]:*+\-/]/y;
const ESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** Splits an expression into tokens. Throws RewindError `bad-expression`. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  while (at < text.length) {
    const space = take(SPACE);
    if (space) {
      at += space[0].length;
      continue;
    }
    // A slash divides only behind a value.
    const before = tokens.at(-1);
    const behindValue =
      before !== undefined && (before.kind !== 'sign' || before.text === ')' || before.text === ']');
    const operator = before?.kind === 'word' && /^(matches|and|or|not)$/.test(before.text);
    const pattern = behindValue && !operator ? null : take(PATTERN);
    const token = pattern
      ? { kind: 'pattern' as const, at, text: pattern[0], source: pattern[1]!, flags: pattern[2]! }
      : plainToken(take, at);
    if (!token) {
      throw new RewindError(
        'bad-expression',
        `\`${text.slice(at, at + 12)}\` cannot be read (column ${at + 1} of \`${text}\`)`,
        /["']/.test(text[at]!) ? 'A quote is not closed.' : 'docs/debugger.md has the language.',
      );
    }
    tokens.push(token);
    at += token.text.length;
  }
  return [...tokens, { kind: 'end', at: text.length, text: '' }];
}

function plainToken(take: (pattern: RegExp) => RegExpExecArray | null, at: number): Token | null {
  const quoted = take(QUOTED);
  if (quoted) {
    const value = (quoted[1] ?? quoted[2]!).replace(/\\([\s\S])/g, (_, c: string) => ESCAPED[c] ?? c);
    return { kind: 'text', at, text: quoted[0], value };
  }
  const number = take(NUMBER);
  if (number) return { kind: 'number', at, text: number[0], value: Number(number[0]) };
  const word = take(WORD);
  if (word) return { kind: 'word', at, text: word[0] };
  const sign = take(SIGN);
  return sign && { kind: 'sign', at, text: sign[0] };
}
