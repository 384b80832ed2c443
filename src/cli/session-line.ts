import { homedir } from 'node:os';
import type { SessionSummary } from '../sessions/session.ts';
import { count, counted, duration, money } from './amounts.ts';
import { safeLine } from './safe-text.ts';
import type { Colours } from './terminal.ts';

/** Enough of an id to type; `rewind` takes any unique beginning. */
export const shortId = (id: string): string => id.slice(0, 8);

/** `12 LLM calls · 3,410 tokens · ~$0.034 · 8.4 s · session 7f3a2b9c` */
export function sessionLine(summary: SessionSummary, c: Colours): string {
  const parts = [counted(summary.calls, 'LLM call')];
  const tokens = summary.inputTokens + summary.outputTokens;
  if (tokens > 0) parts.push(`${count(tokens)} tokens`);
  if (summary.calls > 0) parts.push(money(summary.costUsd, summary.costIncomplete));
  if (summary.errors > 0) parts.push(c.red(counted(summary.errors, 'error')));
  const sockets = summary.webSockets ?? 0;
  if (sockets > 0) parts.push(c.yellow(`${counted(sockets, 'WebSocket connection')} unrecorded`));
  parts.push(duration(summary.durationMs), `session ${c.cyan(shortId(summary.id))}`);
  return parts.join(c.dim(' · '));
}

/** What a person calls a session: its name, else its command, else how it came about. */
export function sessionTitle(summary: Pick<SessionSummary, 'name' | 'command' | 'mode'>): string {
  return safeLine(summary.name ?? (summary.command.map(shellWord).join(' ') || `(${summary.mode})`));
}

/** A word as it is typed in a shell. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A path as people read it, the home folder as `~`. */
export function shortPath(path: string): string {
  const home = homedir();
  return safeLine(path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path);
}
