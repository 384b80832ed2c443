import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RewindError } from '../errors.ts';
import type { MutationReport } from '../mutate/report.ts';
import { githubAnnotations } from '../mutate/reports/github.ts';
import { junitXml } from '../mutate/reports/junit.ts';
import { strykerReport } from '../mutate/reports/stryker.ts';
import { strykerHtml } from '../mutate/reports/stryker-html.ts';
import { err, out } from './terminal.ts';

export interface ReportOptions {
  readonly stryker?: string;
  readonly html?: string;
  readonly junit?: string;
  readonly github?: boolean;
  readonly json?: boolean;
  readonly jsonLines?: boolean;
}

/** Writes what CI servers and browsers read. */
export function writeReports(report: MutationReport, options: ReportOptions): void {
  const { stryker, html, junit, github, json, jsonLines } = options;
  if (stryker !== undefined || html !== undefined) {
    const schema = strykerReport(report, readIfThere, shownPath);
    if (stryker !== undefined) writeText(stryker, JSON.stringify(schema, null, 2));
    if (html !== undefined) {
      writeText(html, strykerHtml(schema, readFileSync(elementFile(), 'utf8'), 'rewind mutate'));
    }
  }
  if (junit !== undefined) writeText(junit, junitXml(report, shownPath));
  // Runners read both streams; JSON has the first one for itself.
  const stream = json || jsonLines ? err : out;
  if (github) for (const line of githubAnnotations(report, pathInRepository)) stream.line(line);
}

/** GitHub shows annotations beside files that it knows by their path in the repository, wherever a step works. */
function pathInRepository(file: string): string {
  const root = process.env.GITHUB_WORKSPACE;
  const path = root ? relative(root, file) : '';
  return path === '' || path.startsWith('..') || isAbsolute(path) ? shownPath(file) : path;
}

export const shownPath = (file: string): string => relative(process.cwd(), file) || file;

export function writeText(file: string, text: string): void {
  try {
    writeFileSync(file, text.endsWith('\n') ? text : `${text}\n`);
  } catch (error) {
    throw new RewindError(
      'cannot-write-report',
      `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      'Check the path.',
      { cause: error },
    );
  }
}

/** Null for a file that is not there. */
export function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

/** Beside the bundle or its chunks, or in the source tree's packages. */
function elementFile(): string {
  const here = fileURLToPath(new URL('.', import.meta.url));
  const name = 'mutation-test-elements.js';
  const places = [here, join(here, '..'), join(here, '../../node_modules/mutation-testing-elements/dist')];
  const found = places.map(place => join(place, name)).find(file => existsSync(file));
  if (found) return found;
  throw new RewindError(
    'element-missing',
    `${name}, which belongs beside ${here}, is missing`,
    'Install Rewind again.',
  );
}

/** A report that `--json-out` wrote. Throws RewindError `bad-report`. */
export function readReport(file: string): MutationReport {
  const text = readIfThere(file);
  let report: Partial<MutationReport> | undefined;
  try {
    report = text === null ? undefined : (JSON.parse(text) as Partial<MutationReport>);
  } catch {
    report = undefined;
  }
  if (report?.version === 1 && Array.isArray(report.mutants) && report.summary)
    return report as MutationReport;
  throw new RewindError(
    'bad-report',
    `${file} is no report of rewind mutate`,
    'Write one with `rewind mutate <session> --shard 1/2 --json-out 1.json`.',
  );
}
