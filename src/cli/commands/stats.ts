import type { Command } from 'commander';
import { openHome } from '../../sessions/home.ts';
import { count, counted, duration, money, percent } from '../amounts.ts';
import { bar } from '../bars.ts';
import { loadConfig } from '../config.ts';
import { examples } from '../examples.ts';
import { printJson } from '../json-output.ts';
import { wholeNumber } from '../option-values.ts';
import { safeLine } from '../safe-text.ts';
import { isoTime } from '../session-json.ts';
import { type Column, printTable } from '../table.ts';
import { err, out } from '../terminal.ts';
import { updatedIndex } from '../updated-index.ts';
import { callsSql, countedCalls, dayOf, grouped, type Totals, totalsOf } from '../usage-stats.ts';

interface Options {
  readonly days: number;
  readonly all?: boolean;
  readonly json?: boolean;
}

type Named = Totals & { readonly key: string };

const DAY = 24 * 60 * 60 * 1000;
const BAR = out.width < 110 ? 10 : 24;

export function define(command: Command): void {
  command
    .option('-d, --days <count>', 'how far back', wholeNumber, 30)
    .option('-a, --all', 'replays and imports too, which cost nothing here')
    .option('--json', 'an object (docs/json.md)')
    .action(stats);
  examples(command, [
    ['rewind stats', 'the last 30 days'],
    ['rewind stats --days 7 --json | jq .total.costUsd', ''],
  ]);
}

async function stats(options: Options): Promise<void> {
  const since = Date.now() - options.days * DAY;
  const index = await updatedIndex(openHome(), loadConfig(process.cwd()).prices);
  const calls = countedCalls(index.query(callsSql(since, options.all ?? false)));
  index.close();
  const total = totalsOf(calls);
  const models = totals(grouped(calls, ({ model }) => model)).sort(dearestFirst);
  const days = totals(grouped(calls, ({ time }) => dayOf(time))).sort((a, b) => (a.key < b.key ? -1 : 1));
  if (options.json) {
    return printJson({
      days: options.days,
      since: isoTime(since),
      total,
      models: models.map(({ key, ...rest }) => ({ model: key, ...rest })),
      byDay: days.map(({ key, ...rest }) => ({ day: key, ...rest })),
    });
  }
  if (calls.length === 0) {
    err.line(`No LLM calls were recorded in the last ${counted(options.days, 'day')}.`);
    return;
  }
  printTotal(options.days, total);
  out.line();
  printTable(out, columns('model', models), models);
  out.line();
  printTable(out, columns('day', days), days);
}

function totals(groups: ReturnType<typeof grouped>): Named[] {
  return [...groups].map(([key, calls]) => ({ key, ...totalsOf(calls) }));
}

const dearestFirst = (a: Named, b: Named): number => (b.costUsd ?? 0) - (a.costUsd ?? 0) || b.calls - a.calls;

function printTotal(days: number, total: Totals): void {
  const c = out.colours;
  const parts = [
    counted(total.sessions, 'session'),
    counted(total.calls, 'LLM call'),
    counted(total.inputTokens + total.outputTokens, 'token'),
    money(total.costUsd, total.costIncomplete),
    total.errors > 0 ? c.red(counted(total.errors, 'error')) : 'no errors',
  ];
  out.line(`${c.bold(`Last ${counted(days, 'day')}`)}: ${parts.join(c.dim(' · '))}`);
}

/** The bars show money where any is known, else calls. */
function columns(title: string, rows: readonly Named[]): readonly Column<Named>[] {
  const c = out.colours;
  const byCost = rows.some(({ costUsd }) => costUsd !== null && costUsd > 0);
  const weight = ({ costUsd, calls }: Named) => (byCost ? (costUsd ?? 0) : calls);
  const most = Math.max(...rows.map(weight));
  return [
    { title, text: ({ key }) => safeLine(key), shrinkTo: 12, paint: cell => c.cyan(cell) },
    { title: 'calls', align: 'right', text: ({ calls }) => count(calls) },
    { title: 'in', align: 'right', text: ({ inputTokens }) => count(inputTokens) },
    { title: 'out', align: 'right', text: ({ outputTokens }) => count(outputTokens) },
    {
      title: 'cached',
      align: 'right',
      text: ({ cachedTokens, inputTokens }) => percent(cachedTokens, inputTokens),
      spare: 2,
    },
    {
      title: 'p50',
      align: 'right',
      text: ({ latencyMs }) => (latencyMs ? duration(latencyMs.p50) : '–'),
      spare: 3,
    },
    {
      title: 'p95',
      align: 'right',
      text: ({ latencyMs }) => (latencyMs ? duration(latencyMs.p95) : '–'),
      spare: 1,
    },
    {
      title: 'errors',
      align: 'right',
      text: ({ errors }) => count(errors),
      paint: (cell, { errors }) => (errors > 0 ? c.red(cell) : cell),
    },
    {
      title: 'cost',
      align: 'right',
      text: ({ costUsd, costIncomplete }) => money(costUsd, costIncomplete).replace('cost ', ''),
    },
    { title: '', text: row => bar(weight(row), most, BAR), paint: cell => c.green(cell), spare: 4 },
  ];
}
