import type { JsonObject } from '../wire/json.ts';

/** A body without the named fields: what is left are sampling parameters and limits. */
export function parametersOf(
  body: JsonObject,
  leaveOut: readonly string[],
): Readonly<Record<string, unknown>> {
  // fromEntries defines own properties, so that a hostile `__proto__` key stays data.
  return Object.fromEntries(Object.entries(body).filter(([key]) => !leaveOut.includes(key)));
}

/** A path segment as the vendor means it: `%3A` is a colon. Damaged escapes stay. */
export function unescaped(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
