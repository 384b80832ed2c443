import { isUtf8 } from 'node:buffer';

/**
 * JSON of hostile origin. `JSON.parse` keeps a `__proto__` key as plain data; what it lacks is a limit on depth, so that
 * no later recursion overflows the stack, and a word about invalid UTF-8.
 */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

export type JsonRead =
  /** `utf8` is false where invalid bytes were read as U+FFFD. */
  | { readonly ok: true; readonly value: Json; readonly utf8: boolean }
  | { readonly ok: false; readonly problem: string };

export const MAX_JSON_DEPTH = 500;

/** Reads JSON text; a byte-order mark is skipped. Never throws. */
export function parseJson(input: Uint8Array | string, maxDepth = MAX_JSON_DEPTH): JsonRead {
  const text = typeof input === 'string' ? input : utf8Text(input);
  const bare = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  if (isDeeper(bare, maxDepth)) return { ok: false, problem: `JSON nested deeper than ${maxDepth}` };
  try {
    const value: Json = JSON.parse(bare);
    return { ok: true, value, utf8: typeof input === 'string' || !bare.includes('\ufffd') || isUtf8(input) };
  } catch {
    return { ok: false, problem: bare.trim() === '' ? 'empty where JSON was due' : 'not JSON' };
  }
}

/** As text, invalid sequences as U+FFFD, the byte-order mark kept. */
export function utf8Text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function isDeeper(text: string, max: number): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) i = closingQuote(text, i);
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > max) return true;
    } else if (code === 0x5d || code === 0x7d) depth--;
    if (i < 0) return false;
  }
  return false;
}

/** Index of the quote that closes the string opened at `open`; -1 without one. */
export function closingQuote(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === 0x5c) slashes++;
    if (slashes % 2 === 0) return at;
  }
  return -1;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object, or an empty one for anything else. */
export function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** The array, or an empty one for anything else. */
export function asArray(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

export function asString(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A finite number. */
export function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
