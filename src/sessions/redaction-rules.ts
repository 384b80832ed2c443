import { RewindError } from '../errors.ts';
import { type PathStep, parseJsonPath } from './json-path-spans.ts';

/** What the user adds to the built-in tables. */
export interface RedactionRules {
  /** Lower-case names of headers whose values are secret. */
  readonly headers: ReadonlySet<string>;
  /** Lower-case names of query parameters and form fields. */
  readonly parameters: ReadonlySet<string>;
  readonly jsonPaths: readonly (readonly PathStep[])[];
  /** With the flags `dg`; a match never crosses a line break. */
  readonly patterns: readonly RegExp[];
}

export const NO_RULES: RedactionRules = {
  headers: new Set(),
  parameters: new Set(),
  jsonPaths: [],
  patterns: [],
};

/**
 * The `redact` key of a parsed `rewind.config.json`: `{ headers, parameters, jsonPaths, patterns }`, each a list of strings,
 * each optional. Throws RewindError `bad-config` naming the key.
 */
export function redactionRules(config: unknown): RedactionRules {
  const redact = isRecord(config) ? config.redact : undefined;
  if (redact === undefined) return NO_RULES;
  if (!isRecord(redact)) throw bad('redact', 'must be an object');
  for (const key of Object.keys(redact)) {
    if (!['headers', 'parameters', 'jsonPaths', 'patterns'].includes(key)) {
      throw bad(`redact.${key}`, 'is not known; known are headers, parameters, jsonPaths and patterns');
    }
  }
  const lower = (key: string) => new Set(strings(redact, key).map(name => name.toLowerCase()));
  return {
    headers: lower('headers'),
    parameters: lower('parameters'),
    jsonPaths: strings(redact, 'jsonPaths').map(text => {
      const path = parseJsonPath(text);
      if (!path) throw bad('redact.jsonPaths', `${JSON.stringify(text)} is not a path such as $.user.email`);
      return path;
    }),
    patterns: strings(redact, 'patterns').map(compile),
  };
}

function compile(source: string): RegExp {
  try {
    const pattern = new RegExp(source, 'dg');
    if (!pattern.test('')) return new RegExp(source, 'dg');
  } catch (error) {
    throw bad('redact.patterns', error instanceof Error ? error.message : String(error));
  }
  throw bad('redact.patterns', `${JSON.stringify(source)} matches the empty text`);
}

function strings(rules: Readonly<Record<string, unknown>>, key: string): readonly string[] {
  const list = rules[key] ?? [];
  if (Array.isArray(list) && list.every(one => typeof one === 'string' && one !== '')) return list;
  throw bad(`redact.${key}`, 'must be a list of texts');
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const bad = (key: string, what: string): RewindError =>
  new RewindError('bad-config', `rewind.config.json: ${key} ${what}`, 'docs/redaction.md shows each key.');
