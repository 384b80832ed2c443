import type { Report } from '../bisect/report.ts';
import { RewindError } from '../errors.ts';

/** One line of `rewind bisect --json-lines`. */
export type BisectLine =
  | { readonly event: 'trying'; readonly what: string }
  | { readonly event: 'report'; readonly report: Report }
  | { readonly event: 'error'; readonly error: RewindError };

/** Null for a line that is none of these: what an agent prints while it runs again is not ours. */
export function bisectLine(line: string): BisectLine | null {
  if (!line.startsWith('{"e')) return null;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (!isObject(value)) return null;
  if (isObject(value.error)) {
    const { code, message, hint } = value.error;
    return { event: 'error', error: new RewindError(String(code), String(message), String(hint ?? '')) };
  }
  return value.event === 'trying' || value.event === 'report' ? (value as unknown as BisectLine) : null;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
