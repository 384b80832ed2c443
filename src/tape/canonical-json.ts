/**
 * JSON as one spelling: keys sorted, no white space, numbers as JavaScript prints them. Two texts that parse to
 * the same value give the same canonical text.
 */

/** Deeper nesting than this is treated as opaque bytes: no provider sends it, and recursion must end. */
export const MAX_DEPTH = 400;

/** Thrown for JSON nested deeper than MAX_DEPTH; callers fall back to hashing the bytes. */
export class TooDeep extends Error {}

/** Sixteen digits may be an integer that a double cannot hold (Snowflake and database ids). */
const LONG_DIGITS = /\d{16}/;

/** V8 gives a reviver the source text since Node 21; before that, long integers compare as doubles. */
type Reviver = (
  this: unknown,
  key: string,
  value: unknown,
  context?: { readonly source?: string },
) => unknown;

/** `JSON.parse`, but integers beyond 2^53 keep all their digits (as tagged strings). Throws SyntaxError. */
export function parseJson(text: string): unknown {
  if (!LONG_DIGITS.test(text)) return JSON.parse(text);
  const keepDigits: Reviver = (_key, value, context) => {
    if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
    const source = context?.source;
    return source !== undefined && /^-?\d+$/.test(source) ? `\u0000integer:${source}` : value;
  };
  return JSON.parse(text, keepDigits);
}

/** The canonical text of a parsed value. Throws TooDeep. */
export function canonicalJson(value: unknown, depth = 0): string {
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (depth > MAX_DEPTH) throw new TooDeep();
  if (Array.isArray(value)) {
    let out = '[';
    for (let i = 0; i < value.length; i++) out += (i ? ',' : '') + canonicalJson(value[i], depth + 1);
    return `${out}]`;
  }
  const object = value as Readonly<Record<string, unknown>>;
  let out = '{';
  for (const key of Object.keys(object).sort()) {
    out += `${out.length > 1 ? ',' : ''}${JSON.stringify(key)}:${canonicalJson(object[key], depth + 1)}`;
  }
  return `${out}}`;
}
