import { resolve } from 'node:path';
import { RewindError } from '../errors.ts';
import type { loadConfig } from './config.ts';
import type { MutateCommandOptions } from './mutate-options.ts';
import { readIfThere } from './mutate-reports.ts';

/** Where results are kept between runs, by default. */
export const CACHE_FILE = 'rewind-mutate.json';

/** Undefined without `--incremental`. */
export function cacheFileOf({ incremental, inPlace, live }: MutateCommandOptions): string | undefined {
  if (!incremental) return undefined;
  if (live) {
    throw new RewindError(
      'usage',
      '--incremental and --live do not go together: a real model answers differently each time',
      'Leave one of them out.',
    );
  }
  if (inPlace) {
    throw new RewindError(
      'usage',
      '--incremental and --in-place do not go together: runs in the folder itself change the code that is compared',
      'Leave --in-place out.',
    );
  }
  return resolve(incremental === true ? CACHE_FILE : incremental);
}

/** What the command itself writes is no code of the agent's. */
export function ownFiles(
  { stryker, html, junit, jsonOut }: MutateCommandOptions,
  cacheFile: string,
): ReadonlySet<string> {
  const files = [stryker, html, junit, jsonOut, CACHE_FILE, cacheFile];
  return new Set(files.flatMap(file => (typeof file === 'string' ? [resolve(file)] : [])));
}

/** All that judges and matches, by value. */
export function settingsOf(
  { oracle, loud, outputExact, outputMatches, outputSchema, timeout }: MutateCommandOptions,
  { match, redact, hosts }: ReturnType<typeof loadConfig>,
): unknown {
  const byValue = (_: string, value: unknown): unknown => (value instanceof RegExp ? String(value) : value);
  const schema = outputSchema === undefined ? null : readIfThere(outputSchema);
  const all = { oracle, loud, outputExact, outputMatches, schema, timeout, match, redact, hosts };
  return JSON.stringify(all, byValue);
}
