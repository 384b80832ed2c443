import type { Command } from 'commander';
import { type Home, openHome, sessionFolder } from '../../sessions/home.ts';
import { listSessions } from '../../sessions/list.ts';
import { recorderOf } from '../../sessions/lock.ts';
import type { SessionSummary } from '../../sessions/session.ts';
import { count, counted, money, when } from '../amounts.ts';
import { examples } from '../examples.ts';
import { printJson } from '../json-output.ts';
import { wholeNumber } from '../option-values.ts';
import { safeLine } from '../safe-text.ts';
import { sessionJson } from '../session-json.ts';
import { sessionTitle, shortId } from '../session-line.ts';
import { type Column, printTable } from '../table.ts';
import { err, out } from '../terminal.ts';

interface Options {
  readonly limit: number;
  readonly all?: boolean;
  readonly json?: boolean;
}

/** Runs of Rewind itself (docs/adr/0002). */
const OWN_RUNS: ReadonlySet<SessionSummary['mode']> = new Set(['replay', 'verify', 'mutant']);

export function define(command: Command): void {
  command
    .option('-n, --limit <count>', 'show the newest so many', wholeNumber, 20)
    .option('-a, --all', 'all modes (replays too), and no limit unless one is given')
    .option('--json', 'an array of sessions (docs/json.md)')
    .action((options: Options) => list(command, options));
  examples(command, [
    ['rewind list', 'the last 20 recordings'],
    ['rewind list --all --limit 100', 'replays too'],
    ["rewind list --json | jq -r '.[0].id'", 'the newest id'],
  ]);
}

function list(command: Command, options: Options): void {
  const limited = !options.all || command.getOptionValueSource('limit') === 'cli';
  const home = openHome();
  const sessions = listSessions(home);
  const found = sessions.filter(({ mode }) => options.all || !OWN_RUNS.has(mode));
  const shown = limited ? found.slice(0, options.limit) : found;
  if (options.json) {
    printJson(shown.map(sessionJson));
    return;
  }
  if (found.length === 0 && sessions.length > 0) {
    err.line(
      `No recordings, only ${counted(sessions.length, 'replay or trial', 'replays and trials')}: \`rewind list --all\` shows them.`,
    );
    return;
  }
  if (shown.length === 0) {
    err.line('Nothing is recorded yet. Record a run with `rewind record <command>`, or try `rewind demo`.');
    return;
  }
  printTable(out, columns(home, shown, options.all === true), shown);
  if (shown.length < found.length)
    err.line(err.colours.dim(`and ${count(found.length - shown.length)} older; --limit shows more`));
}

function columns(
  home: Home,
  shown: readonly SessionSummary[],
  all: boolean,
): readonly Column<SessionSummary>[] {
  const c = out.colours;
  const sockets = ({ webSockets = 0 }: SessionSummary): string => (webSockets > 0 ? count(webSockets) : '–');
  return [
    { title: 'session', text: ({ id }) => shortId(id), paint: cell => c.cyan(cell) },
    ...(all ? [{ title: 'mode', text: ({ mode }: SessionSummary) => mode, paint: c.dim }] : []),
    { title: 'name', text: sessionTitle, shrinkTo: 12 },
    { title: 'when', text: ({ startedAt }) => when(startedAt), paint: c.dim },
    { title: 'calls', align: 'right', text: ({ calls }) => count(calls), spare: 1 },
    ...(shown.some(({ webSockets }) => webSockets)
      ? [{ title: 'WebSockets', align: 'right', text: sockets, paint: c.yellow } as const]
      : []),
    {
      title: 'cost',
      align: 'right',
      text: ({ calls, costUsd, costIncomplete }) =>
        calls === 0 ? '–' : money(costUsd, costIncomplete).replace('cost ', ''),
    },
    {
      title: 'commit',
      text: ({ commit, dirty }) => (commit ? `${commit.slice(0, 7)}${dirty ? '*' : ''}` : '–'),
      paint: c.dim,
      spare: 2,
    },
    {
      title: 'exit',
      text: summary => exitText(home, summary),
      paint: (cell, { exit }) => (exit && exit.code !== 0 ? c.red(cell) : cell),
    },
  ];
}

function exitText(home: Home, { id, exit, sealed }: SessionSummary): string {
  if (exit) return safeLine(exit.signal ?? String(exit.code));
  if (sealed) return '–';
  return recorderOf(sessionFolder(home, id)) === undefined ? 'cut off' : 'open';
}
