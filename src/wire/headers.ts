/** Header lines in the order and case they were sent, duplicates kept: what Node calls raw headers, as pairs. */
export type RawHeaders = readonly (readonly [name: string, value: string])[];

/** The first value of a header, whatever its case. */
export function header(headers: RawHeaders, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return headers.find(([key]) => key.toLowerCase() === wanted)?.[1];
}

/** All headers but the named ones (lower-case names). */
export function withoutHeaders(headers: RawHeaders, names: ReadonlySet<string>): RawHeaders {
  return headers.filter(([key]) => !names.has(key.toLowerCase()));
}

/** As Node's `writeHead` takes them: name, value, name, value. */
export function flatHeaders(headers: RawHeaders): string[] {
  return headers.flat();
}

/** From Node's flat `rawHeaders`. */
export function pairedHeaders(flat: readonly string[]): RawHeaders {
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) pairs.push([flat[i]!, flat[i + 1]!]);
  return pairs;
}
