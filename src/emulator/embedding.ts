import { createHash } from 'node:crypto';

/**
 * An embedding of unit length in which texts that share words are near each other: each word's hash picks a few
 * dimensions. Enough for a retrieval that finds the right document, and the same on every machine.
 */
export function embed(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{N}]{3,}/gu)) {
    const hash = createHash('sha256').update(word.slice(0, 6)).digest();
    for (let i = 0; i < 8; i++) {
      const dimension = hash.readUInt16LE(i * 4) % dimensions;
      vector[dimension]! += hash[i * 4 + 2]! % 2 === 0 ? 1 : -1;
    }
  }
  const length = Math.hypot(...vector);
  if (length === 0) vector[0] = 1;
  else for (let i = 0; i < dimensions; i++) vector[i]! /= length;
  return vector;
}

/** Numbers as vendors print them: float32, about nine digits. */
export function printed(vector: Float32Array): number[] {
  return Array.from(vector, value => Number(value.toPrecision(8)));
}
