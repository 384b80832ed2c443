import { writeFileSync } from 'node:fs';
import { RewindError } from '../errors.ts';
import { out } from './terminal.ts';

/** The schemas are documented in docs/json.md. */
export function printJson(value: unknown): void {
  out.line(jsonText(value, 2));
}

/** One value a line, for events. */
export function printJsonLine(value: unknown): void {
  out.line(jsonText(value, 0));
}

/** JSON leaves characters as they are that a terminal takes for commands or for a change of direction: escaped too. */
function jsonText(value: unknown, indent: number): string {
  return JSON.stringify(value, null, indent).replace(
    /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    control => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
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
    writeFileSync(file, `${jsonText(value, 2)}\n`);
  } catch (error) {
    throw new RewindError(
      'cannot-write-json',
      `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      'Check the path given to --json-out.',
      { cause: error },
    );
  }
}
