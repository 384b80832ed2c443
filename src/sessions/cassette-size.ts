import { RewindError } from '../errors.ts';

/** What one body may have, bytes. */
export const LARGEST_BODY = 256 * 1024 * 1024;

/** What a cassette may have, bytes: as much as Node reads at once. */
export const LARGEST_CASSETTE = 2 ** 31 - 1;

/** Throws RewindError `cassette-too-large`. */
export function checkSize(bytes: number): void {
  if (bytes <= LARGEST_CASSETTE) return;
  throw new RewindError(
    'cassette-too-large',
    `The cassette has ${(bytes / 1024 ** 3).toFixed(1)} GiB; no more than 2 GiB can be read`,
    'The session where it was recorded has no such limit: `rewind inspect`, `replay` and `bisect` take its id.',
  );
}
