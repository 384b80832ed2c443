/**
 * Cuts a JSON body, byte-exactly, where conversations grow: at the elements of its big top-level arrays. Joined, the parts
 * are the body. Later requests of a run repeat most parts of earlier ones.
 */
import { readElements, readMembers, type Span } from './json-scan.ts';

export interface JsonPart extends Span {
  /** `between` holds all that is not an element: head, commas, tail. */
  readonly kind: 'between' | 'element';
  /** The array's key, for an element. */
  readonly key?: string;
}

/** Top-level arrays that hold one message, item or tool an element. */
export const PART_ARRAYS: ReadonlySet<string> = new Set(['messages', 'input', 'contents', 'tools']);

/**
 * Parts that tile `bytes`: every element of the named top-level arrays, and what lies between. Total: anything but a JSON
 * object is one part, and damage ends the cutting, never the tiling.
 */
export function jsonParts(bytes: Uint8Array, arrays: ReadonlySet<string> = PART_ARRAYS): JsonPart[] {
  const parts: JsonPart[] = [];
  let at = 0;
  for (const member of readMembers(bytes)) {
    if (!arrays.has(member.key)) continue;
    for (const { start, end } of readElements(bytes, member.value.start)) {
      if (start > at) parts.push({ kind: 'between', start: at, end: start });
      parts.push({ kind: 'element', key: member.key, start, end });
      at = end;
    }
  }
  if (at < bytes.length || parts.length === 0) parts.push({ kind: 'between', start: at, end: bytes.length });
  return parts;
}

/** The whole elements of a body that is one JSON array, also where it is cut. */
export function jsonArrayElements(bytes: Uint8Array): Span[] {
  return [...readElements(bytes, 0)];
}
