import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { Database, SqlValue } from 'sql.js';
import { RewindError } from '../errors.ts';
import { PRICES, type PriceTable } from '../providers/prices.ts';
import { errnoOf } from './file-error.ts';
import { type Home, logPath } from './home.ts';
import { sha256 } from './id.ts';
import { forgetSession, indexSession } from './index-rows.ts';
import { SCHEMA, SCHEMA_VERSION } from './index-schema.ts';
import { listSessions } from './list.ts';
import { openDatabase } from './sqlite.ts';

export interface Rows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly SqlValue[])[];
}

export interface Index {
  /** One statement that reads. Throws RewindError `bad-sql`, `read-only-index`. */
  query(sql: string): Rows;
  close(): void;
}

export interface IndexOptions {
  readonly prices?: PriceTable;
  /** Told after each session that is read anew. */
  readonly onProgress?: (done: number, of: number) => void;
}

/**
 * The index of a home, brought up to date: a cache in memory over the logs, read from a snapshot and written back to it
 * whole. Sessions whose log has another size or time than when they were read are read again, and all of them when the
 * prices have changed. It may be deleted at any time; a home that may not be written is indexed all the same.
 */
export async function openIndex(home: Home, options: IndexOptions = {}): Promise<Index> {
  const { prices = PRICES } = options;
  const db = await openSnapshot(home, sha256(Buffer.from(JSON.stringify(prices))));
  if (update(db, home, prices, options.onProgress)) saveSnapshot(db, home);
  db.run('PRAGMA query_only = ON');
  return { query: sql => query(db, sql), close: () => db.close() };
}

/** `prices`: hash of the table that the costs in it must come from. */
async function openSnapshot(home: Home, prices: string): Promise<Database> {
  const bytes = readSnapshot(home);
  if (bytes) {
    const db = await openDatabase(bytes);
    if (isSound(db, prices)) return db;
    db.close();
  }
  const fresh = await openDatabase();
  fresh.run(SCHEMA);
  fresh.run('INSERT INTO priced VALUES (?)', [prices]);
  return fresh;
}

function readSnapshot(home: Home): Uint8Array | undefined {
  try {
    return readFileSync(home.index);
  } catch (error) {
    if (errnoOf(error) === '') throw error;
    return undefined; // none yet, or unreadable: it is only a cache
  }
}

/** A torn or foreign file throws at the first question. */
function isSound(db: Database, prices: string): boolean {
  const first = (sql: string) => db.exec(sql)[0]?.values[0]?.[0];
  try {
    return (
      first('PRAGMA user_version') === SCHEMA_VERSION &&
      first('SELECT by FROM priced') === prices &&
      first('PRAGMA quick_check(1)') === 'ok'
    );
  } catch {
    return false;
  }
}

/** Whether anything changed. */
function update(
  db: Database,
  home: Home,
  prices: PriceTable,
  onProgress: IndexOptions['onProgress'],
): boolean {
  const marks = new Map(
    (db.exec('SELECT session, size, mtime FROM indexed')[0]?.values ?? []).map(([id, size, mtime]) => [
      String(id),
      `${size} ${mtime}`,
    ]),
  );
  const sessions = listSessions(home);
  const here = new Set(sessions.map(({ id }) => id));
  const gone = [...marks.keys()].filter(id => !here.has(id));
  const stale = sessions.flatMap(summary => {
    const mark = markOf(home, summary.id);
    return mark && marks.get(summary.id) !== `${mark.size} ${mark.mtime}` ? [{ summary, mark }] : [];
  });
  if (gone.length === 0 && stale.length === 0) return false;
  db.run('BEGIN');
  for (const id of gone) forgetSession(db, id);
  for (const [i, { summary, mark }] of stale.entries()) {
    indexSession(db, home, summary, mark, prices);
    onProgress?.(i + 1, stale.length);
  }
  db.run('COMMIT');
  return true;
}

function markOf(home: Home, id: string): { size: number; mtime: number } | undefined {
  try {
    const { size, mtimeMs } = statSync(logPath(home, id));
    return { size, mtime: mtimeMs };
  } catch (error) {
    if (errnoOf(error) === '') throw error;
    return undefined; // deleted while we looked
  }
}

function saveSnapshot(db: Database, home: Home): void {
  const draft = `${home.index}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    writeFileSync(draft, db.export(), { mode: 0o600, flag: 'wx' });
    renameSync(draft, home.index);
  } catch (error) {
    rmSync(draft, { force: true });
    if (errnoOf(error) === '') throw error;
  }
}

const READS =
  /^\s*(?:--[^\n]*\n\s*|\/\*[\s\S]*?\*\/\s*)*(select|with|values|explain|pragma\s+(table_info|table_list|index_list))\b/i;

function query(db: Database, sql: string): Rows {
  if (!READS.test(sql)) {
    throw new RewindError(
      'read-only-index',
      'Only statements that read can be run on the index',
      'Begin with SELECT or WITH. Sessions are changed by `rewind rm` and `rewind import`.',
    );
  }
  try {
    return run(db, sql);
  } catch (error) {
    if (error instanceof RewindError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    if (/readonly|read-only/.test(message)) {
      throw new RewindError('read-only-index', 'The index cannot be written', 'Begin with SELECT or WITH.');
    }
    throw new RewindError(
      'bad-sql',
      message,
      'The tables are sessions, calls and tools; docs/session-log.md lists their columns.',
    );
  }
}

function run(db: Database, sql: string): Rows {
  const statements = db.iterateStatements(sql)[Symbol.iterator]();
  const { value: statement, done } = statements.next();
  if (done || !statement) return { columns: [], rows: [] };
  const columns = statement.getColumnNames();
  const rows: SqlValue[][] = [];
  while (statement.step()) rows.push(statement.get());
  if (!statements.next().done) {
    throw new RewindError(
      'bad-sql',
      'Only one statement can be run at a time',
      'Leave out what follows the semicolon.',
    );
  }
  return { columns, rows };
}
