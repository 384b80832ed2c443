import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { RewindError } from '../../errors.ts';
import type { ForeignSession } from '../../interop/foreign.ts';
import { importForeign } from '../../interop/import-foreign.ts';
import { storeForeign } from '../../interop/store-foreign.ts';
import { importCassette, naming, readCassette } from '../../sessions/cassette.ts';
import { checkSize } from '../../sessions/cassette-size.ts';
import { errnoOf, fileError } from '../../sessions/file-error.ts';
import { type Home, openHome, sessionFolder } from '../../sessions/home.ts';
import { readSession } from '../../sessions/reader.ts';
import type { RedactionRules } from '../../sessions/redaction-rules.ts';
import type { SessionSummary } from '../../sessions/session.ts';
import { summarise } from '../../sessions/summary.ts';
import { loadConfig } from '../config.ts';
import { examples } from '../examples.ts';
import { EXIT } from '../exit-codes.ts';
import { filesBeside } from '../files-beside.ts';
import { printJson } from '../json-output.ts';
import { startProgress } from '../progress.ts';
import { reportError } from '../report-error.ts';
import { safeText } from '../safe-text.ts';
import { sessionJson } from '../session-json.ts';
import { sessionLine } from '../session-line.ts';
import { err, out } from '../terminal.ts';

interface Imported {
  readonly file: string;
  readonly format: 'rw' | ForeignSession['format'];
  readonly session: SessionSummary;
  /** The very same file was imported before. */
  readonly alreadyThere: boolean;
  readonly warnings: readonly string[];
}

export function define(command: Command): void {
  command
    .argument(
      '<file...>',
      'cassettes (.rw), HAR 1.2 (also zipped), vcrpy, go-vcr or Ruby VCR; told apart by what is in them',
    )
    .option('--json', 'an array of sessions (docs/json.md)')
    .action(importAll);
  examples(command, [
    ['rewind import tests/cassettes/*.yaml', 'each file becomes a session'],
    ['rewind import shared/refund.rw', ''],
    ["rewind import trace.har --json | jq -r '.[].id'", ''],
  ]);
}

async function importAll(files: readonly string[], { json }: { readonly json?: boolean }): Promise<void> {
  const home = openHome();
  const { redact } = loadConfig(process.cwd());
  const progress = startProgress('importing');
  const done: Imported[] = [];
  try {
    for (const [i, file] of files.entries()) {
      progress.update(`importing ${i + 1} of ${files.length}: ${basename(file)}`);
      try {
        const imported = await importFile(home, file, redact);
        done.push(imported);
        progress.clear();
        if (!json) printImported(imported);
      } catch (error) {
        // One bad file of several must not cost the others.
        if (files.length === 1 || !(error instanceof RewindError)) throw error;
        progress.clear();
        reportError(error, false);
        process.exitCode = EXIT.failed;
      }
    }
  } finally {
    progress.done();
  }
  if (json) printJson(done.map(importedJson));
}

async function importFile(home: Home, file: string, rules: RedactionRules): Promise<Imported> {
  const bytes = read(file);
  const warnings: string[] = [];
  const options = { rules, onWarning: (message: string) => void warnings.push(message) };
  if (isCassette(bytes, file)) {
    const cassette = naming(file, () => readCassette(bytes));
    const alreadyThere = existsSync(sessionFolder(home, cassette.start.id));
    const session = await importCassette(home, cassette, options);
    return { file, format: 'rw', session, alreadyThere, warnings };
  }
  const foreign = importForeign(bytes, file, filesBeside(file));
  warnings.push(...foreign.warnings);
  const stored = await storeForeign(home, foreign, options);
  const session = stored ?? summarise(readSession(home, foreign.id));
  return { file, format: foreign.format, session, alreadyThere: stored === null, warnings };
}

function isCassette(bytes: Buffer, file: string): boolean {
  return /\.rw$/i.test(file) || /^\ufeff?\s*\{"rewind":/.test(bytes.subarray(0, 64).toString('utf8'));
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if (errnoOf(error) === 'ERR_FS_FILE_TOO_LARGE') checkSize(statSync(file).size);
    throw fileError(error, 'read the recording', file);
  }
}

function printImported({ file, format, session, alreadyThere, warnings }: Imported): void {
  const verb = alreadyThere ? 'Already here' : 'Imported';
  out.line(`${verb}: ${safeText(file)} (${format}) · ${sessionLine(session, out.colours)}`);
  for (const warning of warnings) err.line(`${err.colours.yellow('note:')} ${safeText(warning)}`);
}

function importedJson({ file, format, session, alreadyThere, warnings }: Imported): object {
  return { ...sessionJson(session), import: { file, format, alreadyThere, warnings } };
}
