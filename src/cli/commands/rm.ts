import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { RewindError } from '../../errors.ts';
import { type Home, openHome } from '../../sessions/home.ts';
import { listSessions } from '../../sessions/list.ts';
import { removeSession } from '../../sessions/remove.ts';
import { resolveId } from '../../sessions/resolve.ts';
import { counted } from '../amounts.ts';
import { examples } from '../examples.ts';
import { EXIT } from '../exit-codes.ts';
import { printJson } from '../json-output.ts';
import { sessionTitle, shortId } from '../session-line.ts';
import { err } from '../terminal.ts';

interface Options {
  readonly replays?: boolean;
  readonly yes?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** More are counted, not named, when asking. */
const NAMED = 10;

export function define(command: Command): void {
  command
    .argument('[session...]', 'beginnings of ids, or names')
    .option('--replays', 'all replays')
    .option('-y, --yes', 'do not ask')
    .option('-f, --force', 'also sessions that are being recorded')
    .option('--json', 'an object (docs/json.md)')
    .action(remove);
  examples(command, [
    ['rewind rm 7f3a2b9c', 'asks first'],
    ['rewind rm --replays --yes', 'frees what replays have left behind'],
  ]);
}

async function remove(refs: readonly string[], options: Options): Promise<void> {
  const home = openHome();
  const ids = chosen(home, refs, options.replays ?? false);
  if (ids.length === 0) {
    if (options.json) return printJson({ removed: [] });
    err.line('There is nothing to delete.');
    return;
  }
  if (!options.yes && !(await confirmed(home, ids))) {
    err.line('Nothing was deleted.');
    process.exitCode = EXIT.failed;
    return;
  }
  for (const id of ids) removeSession(home, id, { force: options.force ?? false });
  if (options.json) return printJson({ removed: ids });
  err.line(`Deleted ${counted(ids.length, 'session')}.`);
}

/** Every name is looked up before anything is deleted. */
function chosen(home: Home, refs: readonly string[], replays: boolean): readonly string[] {
  if (refs.length === 0 && !replays) {
    throw new RewindError('usage', 'There is no session to delete', 'Name sessions, or give --replays.');
  }
  const named = refs.map(ref => {
    if (!ref.endsWith('.rw')) return resolveId(home, ref);
    throw new RewindError('usage', `${ref} is a file, not a session of this home`, 'Delete it as any file.');
  });
  const replayed = replays ? listSessions(home, { mode: ['replay'] }).map(({ id }) => id) : [];
  return [...new Set([...named, ...replayed])];
}

async function confirmed(home: Home, ids: readonly string[]): Promise<boolean> {
  if (!process.stdin.isTTY || !err.isTTY) {
    throw new RewindError(
      'not-confirmed',
      `${counted(ids.length, 'session')} would be deleted, and there is no undo`,
      'Confirm with --yes.',
    );
  }
  const summaries = new Map(listSessions(home).map(summary => [summary.id, summary]));
  for (const id of ids.slice(0, NAMED)) {
    const summary = summaries.get(id);
    err.line(`  ${err.colours.cyan(shortId(id))} ${summary ? sessionTitle(summary) : ''}`);
  }
  if (ids.length > NAMED) err.line(`  and ${ids.length - NAMED} more`);
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(
      `Delete ${counted(ids.length, 'session')}? There is no undo. [y/N] `,
    );
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    prompt.close();
  }
}
