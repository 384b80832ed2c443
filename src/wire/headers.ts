/** Header lines in the order and case they were sent, duplicates kept: what Node calls raw headers, as pairs. */
export type RawHeaders = readonly (readonly [name: string, value: string])[];

/** The first value of a header, whatever its case. */
export function header(headers: RawHeaders, name: string): string | undefined {
  const wanted = name.toLowerCase();
  // Asked for many times a request: a loop and a look at the length cost a tenth of `find` with a pattern.
  for (const line of headers) {
    if (line[0].length === wanted.length && line[0].toLowerCase() === wanted) return line[1];
  }
  return undefined;
}

/** All headers but the named ones (lower-case names). */
export function withoutHeaders(headers: RawHeaders, names: ReadonlySet<string>): RawHeaders {
  return headers.filter(([key]) => !names.has(key.toLowerCase()));
}

/** As Node's `writeHead` takes them: name, value, name, value. */
export function flatHeaders(headers: RawHeaders): string[] {
  const flat: string[] = [];
  for (const line of headers) flat.push(line[0], line[1]);
  return flat;
}

/** From Node's flat `rawHeaders`. */
export function pairedHeaders(flat: readonly string[]): RawHeaders {
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) pairs.push([flat[i]!, flat[i + 1]!]);
  return pairs;
}
