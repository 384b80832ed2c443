import { RewindError } from '../errors.ts';
import { type JsonPath, parseJsonPath } from './json-path.ts';
import { BUILT_IN_MASKS, type Mask } from './masks.ts';

/** The `match` member of `rewind.config.json`, as written. */
export interface MatchConfig {
  readonly ignore?: readonly string[];
  readonly mask?: readonly (string | MaskConfig)[];
}

export interface MaskConfig {
  readonly name?: string;
  readonly pattern: string;
  /** JavaScript's flags but `g` and `y`. */
  readonly flags?: string;
}

/** The user's matching rules, ready for use. */
export interface MatchRules {
  readonly ignore: readonly JsonPath[];
  readonly masks: readonly Mask[];
}

export const NO_RULES: MatchRules = { ignore: [], masks: [] };

/** Checks and compiles `match` of the configuration file. Throws RewindError `bad-match-rule`, naming the entry. */
export function parseRules(match: unknown): MatchRules {
  if (match === undefined || match === null) return NO_RULES;
  const { ignore = [], mask = [], ...rest } = object(match, 'match');
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined)
    bad(`match.${unknown}`, 'is no setting', 'Known are match.ignore and match.mask.');
  return {
    ignore: list(ignore, 'match.ignore').map((path, i) => {
      const where = `match.ignore[${i}]`;
      if (typeof path !== 'string')
        bad(where, 'must be a string', 'Write a JSON path such as $.metadata.run_id.');
      return parseJsonPath(path as string, where);
    }),
    masks: list(mask, 'match.mask').map((entry, i) => parseMask(entry, `match.mask[${i}]`)),
  };
}

function parseMask(entry: unknown, where: string): Mask {
  if (typeof entry === 'string') {
    const builtIn = Object.hasOwn(BUILT_IN_MASKS, entry) ? BUILT_IN_MASKS[entry] : undefined;
    if (builtIn) return { name: entry, pattern: builtIn };
    // A plain word is a misspelt name far more often than a pattern.
    if (/^[a-z-]+$/.test(entry)) {
      bad(
        where,
        `${JSON.stringify(entry)} is no built-in mask`,
        `Built in are ${Object.keys(BUILT_IN_MASKS).join(', ')}.`,
      );
    }
    return { name: 'mask', pattern: compile(entry, '', where) };
  }
  const { pattern, name = 'mask', flags = '', ...rest } = object(entry, where);
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined)
    bad(`${where}.${unknown}`, 'is no setting', 'Known are pattern, name and flags.');
  if (typeof pattern !== 'string') bad(`${where}.pattern`, 'must be a string', 'Write a regular expression.');
  if (typeof name !== 'string') bad(`${where}.name`, 'must be a string');
  if (typeof flags !== 'string') bad(`${where}.flags`, 'must be a string');
  return { name: name as string, pattern: compile(pattern as string, flags as string, where) };
}

function compile(pattern: string, flags: string, where: string): RegExp {
  const nested = nestedRepetition(pattern);
  if (nested) {
    bad(
      where,
      `repeats a repetition in ${JSON.stringify(pattern)}, which can take exponential time on a long prompt`,
      'Give the inner or the outer repetition an upper bound, such as {1,20}.',
    );
  }
  let compiled: RegExp;
  try {
    compiled = new RegExp(pattern, [...new Set(`${flags}g`)].filter(flag => flag !== 'y').join(''));
  } catch (cause) {
    return bad(where, (cause as Error).message, 'Write a regular expression in JavaScript syntax.');
  }
  if (compiled.test(''))
    bad(where, `${JSON.stringify(pattern)} matches the empty text`, 'Make it match at least one character.');
  return compiled;
}

/**
 * Whether an unbounded repetition stands inside another one, as in `(a+)+`: the shape behind most catastrophic
 * backtracking. A regular expression cannot be stopped once it runs, so the shape is refused, harmless ones included.
 */
export function nestedRepetition(pattern: string): boolean {
  const groups: boolean[] = [false];
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!;
    if (c === '\\') i++;
    else if (c === '[') {
      for (i++; i < pattern.length && pattern[i] !== ']'; i++) if (pattern[i] === '\\') i++;
    } else if (c === '(') groups.push(false);
    else if (c === ')') {
      const inner = groups.pop() ?? false;
      const repeated = /^(?:[*+]|\{\d*,\})/.test(pattern.slice(i + 1, i + 12));
      if (inner && repeated) return true;
      if (inner || repeated) groups[groups.length - 1] = true;
    } else if (c === '*' || c === '+' || (c === '{' && /^\{\d*,\}/.test(pattern.slice(i, i + 12)))) {
      if (pattern[i - 1] !== '(') groups[groups.length - 1] = true;
    }
  }
  return false;
}

function object(value: unknown, where: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  return bad(where, 'must be an object');
}

function list(value: unknown, where: string): readonly unknown[] {
  return Array.isArray(value) ? value : bad(where, 'must be an array');
}

function bad(where: string, what: string, hint = 'See docs/matching.md for the rules.'): never {
  throw new RewindError('bad-match-rule', `rewind.config.json: ${where} ${what}.`, hint);
}
