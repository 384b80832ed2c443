import type { Command } from 'commander';
import { RewindError } from '../../errors.ts';
import { openHome } from '../../sessions/home.ts';
import type { Rows } from '../../sessions/index-db.ts';
import { loadConfig } from '../config.ts';
import { csvLine } from '../csv.ts';
import { examples } from '../examples.ts';
import { printJson } from '../json-output.ts';
import { safeLine, safeText } from '../safe-text.ts';
import { type Column, printTable } from '../table.ts';
import { out } from '../terminal.ts';
import { updatedIndex } from '../updated-index.ts';

interface Options {
  readonly schema?: boolean;
  readonly csv?: boolean;
  readonly json?: boolean;
}

type Value = Rows['rows'][number][number];

const SCHEMA_SQL = `SELECT m.name AS "table", c.name AS "column", lower(c.type) AS "type"
  FROM sqlite_schema m, pragma_table_info(m.name) c
  WHERE m.type = 'table' AND m.name <> 'indexed' ORDER BY m.rowid, c.cid`;

export function define(command: Command): void {
  command
    .argument('[sql]', 'one statement that reads; tables: sessions, calls, tools')
    .option('--schema', 'show tables and columns')
    .option('--csv', 'comma-separated values')
    .option('--json', 'an array of objects (docs/json.md)')
    .action(query);
  examples(command, [
    ['rewind query --schema', 'what there is'],
    ['rewind query "SELECT model, count(*), sum(cost_usd) FROM calls GROUP BY model"', ''],
    ['rewind query "SELECT session, error FROM calls WHERE status = 429" --csv', ''],
  ]);
}

async function query(sql: string | undefined, options: Options): Promise<void> {
  if (sql === undefined && !options.schema) {
    throw new RewindError(
      'usage',
      'There is no SQL to run',
      'Give a statement in quotes, or --schema to see the tables.',
    );
  }
  const index = await updatedIndex(openHome(), loadConfig(process.cwd()).prices);
  const rows = index.query(options.schema ? SCHEMA_SQL : sql!);
  index.close();
  print(rows, options);
}

function print({ columns, rows }: Rows, { json, csv }: Options): void {
  if (json) {
    printJson(rows.map(row => Object.fromEntries(columns.map((name, i) => [name, plain(row[i] ?? null)]))));
    return;
  }
  if (csv) {
    out.line(csvLine(columns));
    for (const row of rows) {
      const line = csvLine(row.map(value => plain(value)));
      out.line(out.isTTY ? safeText(line) : line);
    }
    return;
  }
  if (columns.length > 0) printTable(out, columns.map(tableColumn), rows);
}

function tableColumn(title: string, i: number): Column<readonly Value[]> {
  return {
    title: safeLine(title),
    text: row => safeLine(String(plain(row[i] ?? null) ?? '')),
    shrinkTo: 8,
  };
}

/** Bytes as base64, as everywhere in our JSON. */
function plain(value: Value): string | number | null {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}
