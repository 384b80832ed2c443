import type { Database, SqlValue } from 'sql.js';
import { RewindError } from '../errors.ts';
import type { Call } from '../providers/call.ts';
import { costOf, type PriceTable } from '../providers/prices.ts';
import { readCall } from '../providers/read-call.ts';
import type { Exchange } from '../wire/exchange.ts';
import type { Home } from './home.ts';
import { readSession, wholeExchanges } from './reader.ts';
import type { SessionReader, SessionSummary } from './session.ts';

const TABLES = [
  ['sessions', 'id'],
  ['calls', 'session'],
  ['tools', 'session'],
  ['indexed', 'session'],
] as const;

/** The summary has the prices of the day it was written; as in `summary.ts`. */
const PRICE_ANEW = `
UPDATE sessions SET
  cost_usd = iif(calls = 0, 0, (SELECT sum(cost_usd) FROM calls WHERE session = id)),
  cost_incomplete = EXISTS (SELECT 1 FROM calls WHERE session = id AND cost_usd IS NULL)
WHERE id = ?`;

export function forgetSession(db: Database, id: string): void {
  for (const [table, column] of TABLES) db.run(`DELETE FROM ${table} WHERE ${column} = ?`, [id]);
}

/** Puts one session's rows in place of older ones. A log that cannot be read has its summary only. */
export function indexSession(
  db: Database,
  home: Home,
  summary: SessionSummary,
  mark: { readonly size: number; readonly mtime: number },
  prices: PriceTable,
): void {
  forgetSession(db, summary.id);
  insert(db, 'sessions', sessionRow(summary));
  const reader = readQuietly(home, summary.id);
  if (reader) {
    for (const exchange of wholeExchanges(reader)) {
      const call = readCall(exchange, reader.start.extraHosts);
      if (!call) continue;
      insert(db, 'calls', callRow(summary, exchange, call, prices));
      for (const [position, part] of toolCalls(call).entries()) {
        insert(db, 'tools', [summary.id, exchange.seq, position, part.name, part.id, part.argumentsText]);
      }
    }
    db.run(PRICE_ANEW, [summary.id]);
  }
  insert(db, 'indexed', [summary.id, mark.size, mark.mtime]);
}

function readQuietly(home: Home, id: string): SessionReader | undefined {
  try {
    return readSession(home, id);
  } catch (error) {
    if (error instanceof RewindError) return undefined;
    throw error;
  }
}

function insert(db: Database, table: string, row: readonly SqlValue[]): void {
  db.run(`INSERT INTO ${table} VALUES (${row.map(() => '?').join(', ')})`, [...row]);
}

function sessionRow(summary: SessionSummary): SqlValue[] {
  const { parent, exit } = summary;
  return [
    summary.id,
    summary.name ?? null,
    summary.mode,
    summary.startedAt,
    new Date(summary.startedAt).toISOString(),
    summary.durationMs,
    summary.command.join(' '),
    summary.cwd,
    summary.commit ?? null,
    summary.dirty === undefined ? null : Number(summary.dirty),
    parent?.session ?? null,
    parent?.step ?? null,
    summary.calls,
    summary.errors,
    summary.webSockets ?? 0,
    summary.inputTokens,
    summary.outputTokens,
    summary.costUsd,
    Number(summary.costIncomplete),
    summary.models.join(' '),
    exit?.code ?? null,
    exit?.signal ?? null,
    Number(summary.sealed),
  ];
}

function callRow(summary: SessionSummary, exchange: Exchange, call: Call, prices: PriceTable): SqlValue[] {
  const { seq, at, request, answer, label } = exchange;
  const { usage, error } = call;
  return [
    summary.id,
    seq,
    at,
    call.provider,
    call.dialect,
    call.operation,
    call.responseModel ?? call.requestModel,
    call.requestModel,
    request.host,
    request.path,
    answer.head?.status ?? null,
    Number(call.stream),
    call.finishReason,
    usage?.input ?? null,
    usage?.cachedInput ?? null,
    usage?.cacheWrite ?? null,
    usage?.output ?? null,
    usage?.reasoning ?? null,
    costOf(call, prices, summary.startedAt + at),
    'at' in answer.end ? answer.end.at : null,
    answer.chunks[0]?.at ?? null,
    call.messages.length,
    toolCalls(call).length,
    error?.type ?? null,
    error?.message ?? null,
    label ?? null,
  ];
}

const toolCalls = ({ output }: Call) =>
  output.parts.flatMap(part => (part.type === 'tool_call' ? [part.call] : []));
