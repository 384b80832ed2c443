import type { SessionReader } from '../sessions/session.ts';
import type { TapeReport } from '../tape/report.ts';
import { count, counted, duration, money } from './amounts.ts';
import type { Saved } from './saved.ts';
import { shortId } from './session-line.ts';
import type { Colours } from './terminal.ts';

interface Replayed {
  readonly report: TapeReport;
  readonly saved: Saved;
  readonly source: SessionReader;
  readonly session: SessionReader;
  /** WebSockets. */
  readonly refused: number;
  /** Of the command itself. */
  readonly exitCode: number;
  /** By `--fail-fast`. */
  readonly stopped: boolean;
}

/** `Replayed 3 of 3 calls (3 EXACT) · no network · saved 4.0 s, 1,204 tokens, ~$0.004` */
export function replayLine(
  { report, saved, source, session, refused, exitCode, stopped }: Replayed,
  c: Colours,
): string {
  const { answers, neverAsked, outcomes } = report;
  const live = answers.LIVE ?? 0;
  const given = outcomes.length - live - (answers.MISS ?? 0);
  const labels = Object.entries(answers).map(([label, times]) => {
    const text = `${count(times)} ${label}`;
    return label === 'MISS' ? c.red(text) : text;
  });
  const tools = Object.entries(report.tools.answers).map(
    ([label, times]) =>
      `${count(times)} ${label === 'RUN' ? 'run again' : label === 'MISS' ? c.red('missed') : label === 'LIVE' ? 'live' : 'from tape'}`,
  );
  const parts = [
    `Replayed ${count(given)} of ${counted(outcomes.length, 'call')}${labels.length > 0 ? ` (${labels.join(', ')})` : ''}`,
  ];
  if (tools.length > 0) parts.push(`tools: ${tools.join(', ')}`);
  if (refused > 0) parts.push(c.red(`${counted(refused, 'WebSocket connection')} refused`));
  if (stopped) parts.push(c.red('stopped at the first miss'));
  parts.push(live > 0 ? c.yellow(`${counted(live, 'call')} to the real provider`) : c.green('no network'));
  const gains = gainsOf(saved);
  if (gains) parts.push(`saved ${gains}`);
  if (neverAsked.length > 0)
    parts.push(c.yellow(`${counted(neverAsked.length, 'recorded call')} never asked for`));
  const before = source.exit;
  if (!stopped && before && (before.code ?? 0) === 0 && exitCode !== 0)
    parts.push(c.red(`exit ${exitCode}, recorded 0`));
  parts.push(`session ${c.cyan(shortId(session.start.id))}`);
  return parts.join(c.dim(' · '));
}

function gainsOf({ ms, tokens, costUsd, costIncomplete }: Saved): string {
  return [
    ...(ms > 0 ? [duration(ms)] : []),
    ...(tokens > 0 ? [counted(tokens, 'token')] : []),
    ...(costUsd === null ? [] : [money(costUsd, costIncomplete)]),
  ].join(', ');
}
