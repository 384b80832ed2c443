import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { PlannedMutant } from '../cli/mutate-events.ts';
import type { MutantResult, MutationReport } from '../mutate/report.ts';

/** A place in the code as the recording has it: the identity of a call site, wherever the line has gone since. */
export interface RecordedSite {
  readonly file: string;
  readonly line: number;
}

/** A mutant, and what the agent made of it. */
export interface KnownMutant extends PlannedMutant {
  /** Null before its first run. */
  readonly result: MutantResult | null;
  /** Hash of its call site's file when it ran. */
  readonly code: string | null;
}

/** The last mutation run of a workspace. */
export interface Mutation {
  readonly version: 1;
  /** The recording that is broken. */
  readonly source: string;
  /** What people call it. */
  readonly title: string;
  readonly cwd: string;
  /** Since 1970; null before the first run. */
  readonly ranAt: number | null;
  readonly command: readonly string[];
  readonly baseline: MutationReport['baseline'];
  readonly mutants: readonly KnownMutant[];
  /** Texts of the lines of call sites when they were first planned, by file and line. */
  readonly lines: Readonly<Record<string, Readonly<Record<number, string>>>>;
}

/** Null for a mutant without a call site. */
export const siteKey = (site: RecordedSite | null): string => (site ? `${site.file}:${site.line}` : '');

/** Equal for equal contents, whatever the line ends. */
export const codeHash = (text: string): string =>
  createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex').slice(0, 16);

/** As it is on disk, which is what runs; null where it is not on this machine. */
export function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null; // recorded elsewhere: told as a call site without a line
  }
}
