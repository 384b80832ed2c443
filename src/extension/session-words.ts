import { plainLine, shortLine } from '../dap/hostile-text.ts';
import { count, counted, duration, money } from '../dap/wording.ts';
import type { SessionSummary } from '../sessions/session.ts';

/** Sessions in a few words. Recorded text is made plain. */

export const shortId = (id: string): string => id.slice(0, 8);

/** What a person calls a session: its name, else its command, else how it came about. */
export function sessionTitle({
  name,
  command,
  mode,
}: Pick<SessionSummary, 'name' | 'command' | 'mode'>): string {
  const [program = '', ...words] = command.map(shortened);
  const ran = [program.replace(/^.*[\\/]/, ''), ...words].join(' ');
  return shortLine(name ?? (ran || `(${mode})`), 120);
}

/** `python order_agent.py` for `/usr/bin/python /home/…/order_agent.py`. */
const shortened = (word: string): string =>
  /^([a-z]:)?[\\/]/i.test(word) ? word.replace(/^.*[\\/]/, '') : word;

/** `gpt-4.1-mini` for the snapshot `gpt-4.1-mini-2025-04-14`: which one it was stands where there is room. */
export const shortModel = (model: string): string =>
  shortLine(model.replace(/-(\d{4}-\d{2}-\d{2}|\d{8})$/, ''), 40);

/** `3 calls · $0.00035 · 2.1 s` */
export function sessionFacts(session: SessionSummary): string {
  const { calls, errors, durationMs } = session;
  return [
    counted(calls, 'call'),
    ...(calls > 0 ? [costText(session)] : []),
    ...(errors > 0 ? [counted(errors, 'error')] : []),
    duration(durationMs),
  ].join(' · ');
}

/** Unknown is said, never shown as 0. */
export function costText({
  costUsd,
  costIncomplete,
}: Pick<SessionSummary, 'costUsd' | 'costIncomplete'>): string {
  if (costUsd === null || (costUsd === 0 && costIncomplete)) return 'cost unknown';
  return `${costIncomplete ? '≥ ' : ''}${money(costUsd)}`;
}

export function failed({ errors, exit }: SessionSummary): boolean {
  return errors > 0 || (exit !== undefined && exit.code !== 0);
}

/** `2026-11-23`, by this machine's clock: sortable, and the key of a day. */
export function dayOf(ms: number): string {
  const date = new Date(ms);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** `Today`, `Yesterday`, `Monday, 23 November` */
export function dayTitle(day: string, now: number): string {
  if (day === dayOf(now)) return 'Today';
  if (day === dayOf(now - 86_400_000)) return 'Yesterday';
  const date = new Date(`${day}T12:00:00`);
  const sameYear = day.slice(0, 4) === dayOf(now).slice(0, 4);
  return new Intl.DateTimeFormat('en-GB', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(sameYear ? {} : { year: 'numeric' as const }),
  }).format(date);
}

/** `14:32` */
export function clock(ms: number): string {
  const date = new Date(ms);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Lines of a tool tip: what is known of a session. */
export function sessionDetails(session: SessionSummary): readonly (readonly [name: string, value: string])[] {
  const {
    command,
    cwd,
    models,
    inputTokens,
    outputTokens,
    commit,
    dirty,
    exit,
    parent,
    mode,
    startedAt,
    id,
  } = session;
  return [
    ['command', shortLine(command.join(' '), 300)],
    ['folder', plainLine(cwd)],
    ['models', plainLine(models.join(', '))],
    ['tokens', `${count(inputTokens)} in, ${count(outputTokens)} out`],
    ['commit', commit === undefined ? '' : `${commit.slice(0, 10)}${dirty ? ' and changes on top' : ''}`],
    ['exit', exit ? plainLine(exit.signal ?? String(exit.code)) : ''],
    ['made by', parent ? `${mode} of ${shortId(parent.session)}` : mode],
    ['started', `${dayOf(startedAt)} ${clock(startedAt)}`],
    ['session', id],
  ].filter((row): row is [string, string] => row[1] !== '');
}

const two = (value: number): string => String(value).padStart(2, '0');
