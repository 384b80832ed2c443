import type { ToolResult } from '../providers/call.ts';
import { resultText } from './result-changes.ts';

const FAILED =
  /^\s*(error\b|\w*(error|exception)\b\s*[:(]|traceback \(most recent|failed\b|failure\b|timed? ?out\b|timeout\b|command failed|fatal:|exit code:? [1-9]|http(\/[\d.]+)? [45]\d\d)/i;

/** Why a tool's result is an error; null where it is none. */
export function toolTrouble(result: ToolResult): string | null {
  const text = resultText({ ...result, isError: false });
  if (result.isError) return text || 'an error';
  if (FAILED.test(text)) return text;
  if (!/^\s*\{/.test(text)) return null;
  try {
    const value = JSON.parse(text) as Readonly<Record<string, unknown>>;
    // Gemini wants an object: what is no object stands in one.
    const [only] = Object.values(value);
    if (Object.keys(value).length === 1 && typeof only === 'string' && FAILED.test(only)) return only;
    const { error, errors, ok, success, status, isError } = value;
    const said = [error, errors].some(
      one =>
        one !== undefined &&
        one !== null &&
        one !== false &&
        one !== '' &&
        !(Array.isArray(one) && one.length === 0),
    );
    const failed =
      ok === false ||
      success === false ||
      isError === true ||
      /^(error|failed|failure|timeout)$/i.test(String(status));
    return said || failed ? text : null;
  } catch {
    return null;
  }
}

/** How two results of one call differ: for a person's first glance. */
export function resultChange(good: string, bad: string): 'empty' | 'cut' | 'spelling' | 'shape' | 'value' {
  const empty = (text: string): boolean => /^\s*(null|\[\]|\{\}|""|none)?\s*$/i.test(text);
  if (empty(bad) !== empty(good)) return 'empty';
  if (good.length > bad.length && good.startsWith(bad.replace(/(…|\.\.\.|\[truncated\])\s*$/, '')))
    return 'cut';
  const [left, right] = [good, bad].map(parsed);
  if (left === undefined || right === undefined) return 'value';
  if (JSON.stringify(sorted(left)) === JSON.stringify(sorted(right))) return 'spelling';
  return JSON.stringify(shapeOf(left)) === JSON.stringify(shapeOf(right)) ? 'value' : 'shape';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function sorted(value: unknown): unknown {
  return mapped(value, one => one);
}

function shapeOf(value: unknown): unknown {
  return mapped(value, one => (one === null ? 'null' : typeof one));
}

function mapped(value: unknown, leaf: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(one => mapped(one, leaf));
  if (typeof value !== 'object' || value === null) return leaf(value);
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, mapped(one, leaf)]),
  );
}
