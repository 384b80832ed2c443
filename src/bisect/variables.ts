/**
 * What changes from run to run without anybody's decision: dates, times, ids, temporary paths, ports, commits. Each
 * kind has its own stand-in, so that a date never equals an id.
 */
const KINDS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['uuid', /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi],
  ['time', /\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?( ?(Z|UTC|GMT|[+-]\d{2}:?\d{2}))?/g],
  ['date', /\b\d{4}[-/]\d{2}[-/]\d{2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{4}\b/g],
  [
    'date',
    /\b(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?,? )?(?:(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{1,2}(?:st|nd|rd|th)?,? \d{4}|\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{4})\b/g,
  ],
  ['weekday', /\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b/g],
  ['clock', /\b\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[ap]m)?\b/gi],
  [
    'path',
    /(?:\/tmp|\/var\/folders|\/private\/var|\/home\/[\w.-]+|\/Users\/[\w.-]+|[A-Z]:\\Users\\[\w.-]+)[\w./\\-]*/g,
  ],
  // What providers call their own objects: `file_011CYiV4…`, `msg_01…`, `chatcmpl-…`, `call_…`.
  ['id', /\b[a-z]{2,12}[_-](?=[A-Za-z0-9]*\d)(?=[A-Za-z0-9]*[A-Z])[A-Za-z0-9]{16,}\b/g],
  ['ulid', /\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b/g],
  ['hex', /\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,}\b/gi],
  ['epoch', /\b1[5-9]\d{8}(?:\d{3})?\b/g],
  ['port', /\b(?:localhost|127\.0\.0\.1|0\.0\.0\.0):\d{2,5}\b/g],
  ['address', /\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b/g],
];

/** The text with each such value replaced by its kind. */
export function masked(text: string): string {
  return KINDS.reduce((out, [kind, pattern]) => out.replace(pattern, `\u0000${kind}\u0000`), text);
}

/** Whether two texts differ in nothing else. */
export function differOnlyInVariables(good: string, bad: string): boolean {
  return good !== bad && masked(good) === masked(bad);
}

/** The first values that differ, as `good → bad`. */
export function changedVariables(good: string, bad: string): readonly string[] {
  const [left, right] = [valuesOf(good), valuesOf(bad)];
  const pairs = left.flatMap((value, i) =>
    value === right[i] ? [] : [`${value} → ${right[i] ?? '(none)'}`],
  );
  return [...new Set(pairs)].slice(0, 5);
}

function valuesOf(text: string): readonly string[] {
  const found: { readonly at: number; readonly value: string }[] = [];
  let rest = text;
  for (const [, pattern] of KINDS) {
    rest = rest.replace(pattern, (value: string, ...more: unknown[]) => {
      const at = more.find(one => typeof one === 'number') ?? 0;
      found.push({ at, value });
      return '\u0000'.repeat(value.length);
    });
  }
  return found.sort((a, b) => a.at - b.at).map(({ value }) => value);
}
