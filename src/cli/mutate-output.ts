import { readFileSync } from 'node:fs';
import { Ajv, type AnySchema } from 'ajv';
import { RewindError } from '../errors.ts';
import type { OutputRule } from '../mutate/output.ts';

export interface OutputOptions {
  readonly outputExact?: boolean;
  readonly outputMatches?: RegExp;
  readonly outputSchema?: string;
}

/** What the user says makes output good; undefined without a word of it. A pattern and a schema must both hold. */
export function outputRule({
  outputExact,
  outputMatches,
  outputSchema,
}: OutputOptions): OutputRule | undefined {
  const checks = [
    ...(outputMatches ? [matches(outputMatches)] : []),
    ...(outputSchema === undefined ? [] : [conforms(outputSchema)]),
  ];
  if (checks.length > 0) {
    return { kind: 'check', check: text => checks.map(check => check(text)).find(Boolean) ?? null };
  }
  return outputExact ? { kind: 'exact' } : undefined;
}

const matches =
  (pattern: RegExp) =>
  (text: string): string | null =>
    pattern.test(text) ? null : `the output does not match ${pattern.source}`;

/** The output as a whole, or else its last line, must be JSON of this schema. */
function conforms(file: string): (text: string) => string | null {
  const ajv = new Ajv({ strict: false });
  let check: ReturnType<Ajv['compile']>;
  try {
    check = ajv.compile(JSON.parse(readFileSync(file, 'utf8')) as AnySchema);
  } catch (cause) {
    throw new RewindError(
      'bad-schema',
      `${file} cannot be used as a JSON Schema: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Give the path of a JSON Schema (draft 7).',
      { cause },
    );
  }
  return text => {
    const value = parsed(text) ?? parsed(text.trimEnd().split('\n').at(-1) ?? '');
    if (value === undefined) return 'the output is no JSON';
    return check(value) ? null : `the output breaks the schema: ${ajv.errorsText(check.errors)}`;
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
