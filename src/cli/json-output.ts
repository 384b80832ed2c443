import { writeFileSync } from 'node:fs';
import { RewindError } from '../errors.ts';
import { out } from './terminal.ts';

/** The schemas are documented in docs/json.md. */
export function printJson(value: unknown): void {
  out.line(JSON.stringify(value, null, 2));
}

/** `--json` to stdout, `--json-out F` to a file; both may be asked for. */
export interface JsonOptions {
  readonly json?: boolean;
  readonly jsonOut?: string;
}

export function giveJson(options: JsonOptions, value: () => unknown): void {
  if (!options.json && !options.jsonOut) return;
  const given = value();
  if (options.jsonOut) writeJson(options.jsonOut, given);
  if (options.json) printJson(given);
}

function writeJson(file: string, value: unknown): void {
  try {
    writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
  } catch (error) {
    throw new RewindError(
      'cannot-write-json',
      `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      'Check the path given to --json-out.',
      { cause: error },
    );
  }
}
