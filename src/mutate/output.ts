import { stripVTControlCharacters } from 'node:util';

/** What differs from run to run without meaning: times, durations, ids, addresses. */
const VOLATILE: readonly (readonly [RegExp, string])[] = [
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?/g, '<time>'],
  [/\b\d\d:\d\d:\d\d([.,]\d+)?\b/g, '<time>'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>'],
  [/\b\d+(\.\d+)? ?(ms|µs|ns|s|sec|seconds)\b/g, '<duration>'],
  [/\b(127\.0\.0\.1|localhost):\d+\b/g, '<address>'],
  [/\b0x[0-9a-f]{6,}\b/gi, '<pointer>'],
];

/** Output as lines, without what differs from run to run. */
export function normalised(text: string): readonly string[] {
  let plain = stripVTControlCharacters(text).replace(/\r\n?/g, '\n');
  for (const [pattern, word] of VOLATILE) plain = plain.replace(pattern, word);
  return plain
    .trimEnd()
    .split('\n')
    .map(line => line.trimEnd());
}

/** Which output lines several equal runs agree in; null where they cannot be compared line by line. */
export interface StableOutput {
  readonly lines: readonly (string | null)[];
  /** Lines that wobble. */
  readonly masked: number;
}

export function stableOutput(texts: readonly string[]): StableOutput | null {
  const [first = [], ...others] = texts.map(normalised);
  if (others.some(other => other.length !== first.length)) return null;
  const lines = first.map((line, i) => (others.every(other => other[i] === line) ? line : null));
  return { lines, masked: lines.filter(line => line === null).length };
}

export function sameOutput(stable: StableOutput, text: string): boolean {
  const lines = normalised(text);
  return (
    lines.length === stable.lines.length &&
    stable.lines.every((line, i) => line === null || line === lines[i])
  );
}

/** Lines that the unbroken runs did not print. */
export function newLines(baseline: readonly string[], text: string): readonly string[] {
  const known = new Set(baseline.flatMap(normalised));
  return normalised(text).filter(line => line.trim() !== '' && !known.has(line));
}

/**
 * What makes output good. `normalised`: the unbroken run's, but for what differs from run to run; `exact`: byte for byte;
 * `check`: the user's own rule, which gives what is wrong with it, or null.
 */
export type OutputRule =
  | { readonly kind: 'normalised' | 'exact' }
  | { readonly kind: 'check'; readonly check: (text: string) => string | null };

/** What is wrong with the output by the rule, in words; null for nothing. */
export function outputDeviation(
  rule: OutputRule,
  unbroken: readonly string[],
  stable: StableOutput | null,
  text: string,
): string | null {
  if (rule.kind === 'check') return rule.check(text);
  const same = rule.kind === 'exact' ? unbroken.includes(text) : stable === null || sameOutput(stable, text);
  return same ? null : 'the output changed';
}
