import type { SessionSummary } from '../sessions/session.ts';

/** True for the sessions to show. */
export type SessionFilter = (session: SessionSummary) => boolean;

export const FILTER_HELP = 'words · model:gpt-4* · cost>0.05 · calls>10 · commit:3f2a · mode:replay · errors';

/**
 * A filter as it is typed: terms that must all hold. `model:`, `commit:`, `mode:`, `name:` compare the beginning, or the whole
 * with `*`; `cost`, `calls`, `tokens`, `errors` and `seconds` compare with `<`, `>` or `=`; `errors` alone means any error; any
 * other word is looked for in name, command and id. A message where a term cannot be read.
 */
export function parseFilter(text: string): SessionFilter | { readonly problem: string } {
  const tests: SessionFilter[] = [];
  for (const term of text.split(/\s+/).filter(Boolean)) {
    const test = readTerm(term);
    if (typeof test === 'string') return { problem: test };
    tests.push(test);
  }
  return session => tests.every(test => test(session));
}

const NUMBERS: Readonly<Record<string, (session: SessionSummary) => number>> = {
  cost: ({ costUsd }) => costUsd ?? 0,
  calls: ({ calls }) => calls,
  tokens: ({ inputTokens, outputTokens }) => inputTokens + outputTokens,
  errors: ({ errors, exit }) => errors + (exit && exit.code !== 0 ? 1 : 0),
  seconds: ({ durationMs }) => durationMs / 1000,
};

const TEXTS: Readonly<Record<string, (session: SessionSummary) => readonly string[]>> = {
  model: ({ models }) => models,
  commit: ({ commit }) => (commit === undefined ? [] : [commit]),
  mode: ({ mode }) => [mode],
  name: ({ name }) => (name === undefined ? [] : [name]),
};

function readTerm(term: string): SessionFilter | string {
  if (/^errors?$/i.test(term)) return session => NUMBERS.errors!(session) > 0;
  const [, field = '', operator = '', value = ''] = /^([a-z]+)([:<>=])(.*)$/i.exec(term) ?? [];
  const name = field.toLowerCase();
  if (operator === ':' && Object.hasOwn(TEXTS, name)) {
    if (value === '') return `${field}: needs a value`;
    const wanted = pattern(value);
    return session => TEXTS[name]!(session).some(text => wanted.test(text));
  }
  if (operator && operator !== ':' && Object.hasOwn(NUMBERS, name)) {
    const limit = Number(value.replace(/^\$/, ''));
    if (value === '' || Number.isNaN(limit)) return `${field}${operator} needs a number`;
    return session => compare(NUMBERS[name]!(session), operator, limit);
  }
  const word = term.toLowerCase();
  return ({ id, name, command, cwd }) =>
    id.startsWith(word) || `${name ?? ''} ${command.join(' ')} ${cwd}`.toLowerCase().includes(word);
}

function compare(value: number, operator: string, limit: number): boolean {
  if (operator === '<') return value < limit;
  return operator === '>' ? value > limit : value === limit;
}

function pattern(value: string): RegExp {
  const escaped = value.replace(/[\\^$+?.()|[\]{}]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${escaped}${value.includes('*') ? '$' : ''}`, 'i');
}
