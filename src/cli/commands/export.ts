import { createHash } from 'node:crypto';
import type { Command } from 'commander';
import { RewindError } from '../../errors.ts';
import { exportHar } from '../../interop/har-export.ts';
import { exportCassette } from '../../sessions/cassette-export.ts';
import { openHome } from '../../sessions/home.ts';
import { resolveSession } from '../../sessions/resolve.ts';
import { summarise } from '../../sessions/summary.ts';
import { size } from '../amounts.ts';
import { examples } from '../examples.ts';
import { printJson } from '../json-output.ts';
import { namedPartsOf } from '../named-parts.ts';
import { LONG_SESSION, withProgress } from '../progress.ts';
import { safeText } from '../safe-text.ts';
import { sessionJson } from '../session-json.ts';
import { shortId } from '../session-line.ts';
import { err, out } from '../terminal.ts';
import { writeWhole } from '../write-whole.ts';

interface Options {
  readonly output?: string;
  readonly har?: boolean;
  readonly json?: boolean;
}

export function define(command: Command): void {
  command
    .argument('<session>', 'beginning of an id, a name, `latest`, or a .rw file')
    .option('-o, --output <file>', 'write to a file; else to stdout')
    .option('--har', 'HAR 1.2, for browsers and other viewers, in place of a cassette')
    .option('--json', 'say what was written as JSON (with --output; docs/json.md)')
    .action(exportSession);
  examples(command, [
    ['rewind export latest -o test/refund.rw', 'a cassette, made for pull requests'],
    ['rewind replay test/refund.rw -- python agent.py', 'which replays as it is'],
    ['rewind export latest --har -o run.har', 'for a network panel'],
  ]);
}

async function exportSession(ref: string, { output, har, json }: Options): Promise<void> {
  if (json && output === undefined) {
    throw new RewindError(
      'usage',
      '--json needs --output: stdout carries the export itself',
      'Add -o <file>.',
    );
  }
  const home = openHome();
  const session = resolveSession(home, ref);
  for (const warning of session.warnings) err.line(`${err.colours.yellow('note:')} ${safeText(warning)}`);
  const pieces = await withProgress(
    'exporting',
    () => (har ? Array.from(exportHar(session), text => Buffer.from(text)) : exportCassette(session)),
    session.length > LONG_SESSION,
  );
  if (output === undefined) {
    for (const piece of pieces) out.stream.write(out.isTTY ? safeText(piece.toString()) : piece);
    return;
  }
  writeWhole(output, pieces);
  const parts = [...namedPartsOf(home, session)].flatMap(([name, list]) =>
    list.map(({ start: { id } }) => ({ id, name })),
  );
  const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
  if (json) {
    const hash = createHash('sha256');
    for (const piece of pieces) hash.update(piece);
    return printJson({
      session: sessionJson(summarise(session)),
      file: output,
      format: har ? 'har' : 'rw',
      bytes,
      parts,
      sha256: hash.digest('hex'),
    });
  }
  err.line(`Exported session ${shortId(session.start.id)} to ${safeText(output)} (${size(bytes)})`);
  if (parts.length > 0) {
    const named = parts.map(({ id, name }) => `${safeText(name)} (${shortId(id)})`).join(', ');
    err.line(
      `${err.colours.yellow('note:')} What its code named is not in the file: ${named}. Export each by itself.`,
    );
  }
}
